"""Calls of models and what they cost: a call is charged to all its accounts, or to none and not made."""

import datetime as dt
import sqlite3
from collections.abc import Sequence

from engine.agents.calls import CallFacts, CallId, Ending, Paid, Purpose, Reservation, Settlement, SpendRow
from engine.errors import RefusedError
from engine.money import UNBOUNDED, Account, Amount, BudgetReached, Cap, crossed
from engine.reporting.notices import Notice, NoticeKind
from engine.values import BootId, Cause, ChatId, JsonObject
from storage import outbox
from storage.connections import Reader
from storage.encoding import parse_time, parse_time_or_null, time_text
from storage.writer import Writer

_RESERVED = "reserved"
_INSERT = (
    "INSERT INTO spend (purpose, goal, task, chat, model, boot, status, micros, tokens_in, tokens_out, estimated,"
    " started_at, seconds, error, cause) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CHARGE = "INSERT INTO spend_accounts (account, call, cap_micros, cap_tokens) VALUES (?, ?, ?, ?)"
_SETTLE = (
    "UPDATE spend SET status = ?, micros = ?, tokens_in = ?, tokens_out = ?, estimated = ?, seconds = ?, error = ?"
    " WHERE id = ? AND status = 'reserved'"
)
_LOST = "SELECT id FROM spend WHERE status = 'reserved' AND boot <> ? ORDER BY id"
_LOSE = "UPDATE spend SET status = ?, estimated = 1, seconds = 0 WHERE id = ? AND status = 'reserved'"
_FACTS = "SELECT chat, started_at, COALESCE(seconds, 0), micros, tokens_in + tokens_out FROM spend WHERE id = ?"
_REPORTED = "SELECT COALESCE(SUM(micros), 0) FROM spend WHERE purpose = ? AND goal IS ?"
_GRANT = "INSERT INTO spend_grants (cause, account, micros, tokens) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_GRANTED = "SELECT COALESCE(SUM(micros), 0), COALESCE(SUM(tokens), 0) FROM spend_grants WHERE account = ?"
_TELL = "INSERT INTO spend_told (account, cap_micros, cap_tokens) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_SUM = (
    "SELECT COALESCE(SUM(spend.micros), 0), COALESCE(SUM(spend.tokens_in + spend.tokens_out), 0)"
    " FROM spend_accounts JOIN spend ON spend.id = spend_accounts.call WHERE spend_accounts.account = ?"
)
_LAST = (
    "SELECT MAX(spend.started_at) FROM spend_accounts JOIN spend ON spend.id = spend_accounts.call"
    " WHERE spend_accounts.account = ? AND spend.purpose = ?"
)
_CHARGED = "SELECT account, cap_micros, cap_tokens FROM spend_accounts WHERE call = ? ORDER BY account"
_BREAKDOWN = (
    "SELECT purpose, model, COUNT(*),"
    " SUM(CASE WHEN status = 'reserved' THEN 0 ELSE micros END),"
    " SUM(CASE WHEN status = 'reserved' THEN 0 ELSE tokens_in + tokens_out END),"
    " SUM(CASE WHEN status = 'reserved' THEN micros ELSE 0 END),"
    " SUM(CASE WHEN status = 'reserved' THEN tokens_in + tokens_out ELSE 0 END)"
    " FROM spend_accounts JOIN spend ON spend.id = spend_accounts.call WHERE account = ?"
    " GROUP BY purpose, model ORDER BY SUM(micros) DESC, COUNT(*) DESC, purpose, model"
)


class SqlSpending:
    """The `Spending` over SQLite. Reserving looks and writes in one transaction of the one writer."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def reserve(self, wanted: Reservation) -> CallId:
        """Charge the estimate to all accounts, or to none. Raises `BudgetReached` for the first that it would pass."""
        return await self._writer.run(lambda connection: _reserve(connection, wanted))

    async def settle(self, call: CallId, settlement: Settlement) -> Sequence[Account]:
        """Replace the estimate by what it was. Returns the accounts of which most has been spent by this."""
        return await self._writer.run(lambda connection: _settle(connection, call, settlement))

    async def orphaned(self, boot: BootId) -> int:
        """Settle at their estimates the calls that were under way in another run of the program; how many."""
        return await self._writer.run(lambda connection: _lose(connection, boot))

    async def report(self, facts: CallFacts, paid: Paid) -> None:
        """Keep money that a person spent. Caps do not stop what has happened.

        Raises `RefusedError` where more would be taken back than was ever reported.
        """
        await self._writer.run(lambda connection: _report(connection, facts, paid))

    async def grant(self, account: str, by: Amount, cause: Cause) -> None:
        """Allow a day so much more than its cap; the same cause does so once."""
        row = (cause, account, by.micros, by.tokens)
        await self._writer.run(lambda connection: connection.execute(_GRANT, row))

    async def granted(self, account: str) -> Amount:
        """What a day was allowed beyond its cap."""
        row = await self._reader.first(_GRANTED, (account,))
        return Amount() if row is None else Amount(micros=row[0], tokens=row[1])

    async def spent(self, account: str) -> Amount:
        """What is charged to an account, with what is reserved."""
        row = await self._reader.first(_SUM, (account,))
        return Amount() if row is None else Amount(micros=row[0], tokens=row[1])

    async def last_call(self, account: str, purpose: Purpose) -> dt.datetime | None:
        """When the newest call for a purpose was charged to an account; None where none was."""
        row = await self._reader.first(_LAST, (account, purpose.value))
        return parse_time_or_null(row[0]) if row is not None else None

    async def breakdown(self, account: str) -> Sequence[SpendRow]:
        """The same by purpose and model, the dearest first."""
        return [
            SpendRow(
                purpose=Purpose(purpose),
                model=model,
                calls=calls,
                spent=Amount(micros=micros, tokens=tokens),
                reserved=Amount(micros=held, tokens=held_tokens),
            )
            for purpose, model, calls, micros, tokens, held, held_tokens in await self._reader.rows(
                _BREAKDOWN, (account,)
            )
        ]


def _reserve(connection: sqlite3.Connection, wanted: Reservation) -> CallId:
    for account in wanted.facts.accounts:
        if account.cap == UNBOUNDED:  # nothing to hold the sum against
            continue
        spent = _sum(connection, account.name)
        if not account.cap.allows(spent + wanted.estimate):
            is_held = account.cap.allows(_settled(connection, account.name) + wanted.estimate)
            raise BudgetReached(account, spent, wanted.estimate, is_held=is_held)
    facts, estimate = wanted.facts, wanted.estimate
    row = (
        facts.purpose.value, facts.goal, facts.task, facts.chat, wanted.model, wanted.boot, _RESERVED,
        estimate.micros, estimate.tokens, 0, 0, time_text(wanted.at), None, "", None,
    )  # fmt: skip
    return _charged(connection, row, facts)


def _report(connection: sqlite3.Connection, facts: CallFacts, paid: Paid) -> None:
    if connection.execute("SELECT 1 FROM spend WHERE cause = ?", (paid.cause,)).fetchone():
        return
    (reported,) = connection.execute(_REPORTED, (Purpose.PERSON.value, facts.goal)).fetchone()
    if reported + paid.micros < 0:
        raise RefusedError("not_so_much_spent", f"only {reported} micro-dollars were reported")
    row = (
        Purpose.PERSON.value, facts.goal, facts.task, facts.chat, "", "", Ending.ANSWERED.value,
        paid.micros, 0, 0, 0, time_text(paid.at), 0.0, paid.note, paid.cause,
    )  # fmt: skip
    _tell_nearly(connection, _charged(connection, row, facts))


def _lose(connection: sqlite3.Connection, boot: BootId) -> int:
    lost = [CallId(call) for (call,) in connection.execute(_LOST, (boot,)).fetchall()]
    for call in lost:
        connection.execute(_LOSE, (Ending.LOST.value, call))
        _tell_nearly(connection, call)
    return len(lost)


def _charged(connection: sqlite3.Connection, row: tuple[object, ...], facts: CallFacts) -> CallId:
    call = connection.execute(_INSERT, row).lastrowid
    assert call is not None
    charges = [(account.name, call, account.cap.micros, account.cap.tokens) for account in facts.accounts]
    connection.executemany(_CHARGE, charges)
    return CallId(call)


def _settle(connection: sqlite3.Connection, call: CallId, end: Settlement) -> Sequence[Account]:
    row = (
        end.ending.value, end.micros, end.tokens_in, end.tokens_out, int(end.is_estimate), end.seconds, end.error,
        call,
    )  # fmt: skip
    return _tell_nearly(connection, call) if connection.execute(_SETTLE, row).rowcount else []


def _tell_nearly(connection: sqlite3.Connection, call: CallId) -> Sequence[Account]:
    """Tells the chat of accounts of which most is spent by this call, each cap once; returns those accounts."""
    chat, at, seconds, micros, tokens = connection.execute(_FACTS, (call,)).fetchone()
    now = parse_time(at) + dt.timedelta(seconds=seconds)
    found = []
    for account in _accounts(connection, call):
        if account.cap == UNBOUNDED:
            continue
        spent, cap = _settled(connection, account.name), account.cap
        before = Amount(micros=spent.micros - micros, tokens=spent.tokens - tokens)
        if not crossed(cap, before, spent):
            continue
        bounds = (-1 if cap.micros is None else cap.micros, -1 if cap.tokens is None else cap.tokens)
        if not connection.execute(_TELL, (account.name, *bounds)).rowcount:
            continue
        found.append(account)
        if chat is not None:
            outbox.put(connection, [_nearly_spent(account, spent, ChatId(chat))], now)
    return found


def _nearly_spent(account: Account, spent: Amount, chat: ChatId) -> Notice:
    facts: JsonObject = {
        "account": account.name,
        "spent_micros": spent.micros,
        "spent_tokens": spent.tokens,
        "cap_micros": account.cap.micros,
        "cap_tokens": account.cap.tokens,
    }
    return Notice(kind=NoticeKind.BUDGET_NEARLY, chat=chat, goal=account.goal, facts=facts)


def _accounts(connection: sqlite3.Connection, call: CallId) -> list[Account]:
    return [
        Account(name=name, cap=Cap(micros=micros, tokens=tokens))
        for name, micros, tokens in connection.execute(_CHARGED, (call,)).fetchall()
    ]


def _sum(connection: sqlite3.Connection, account: str) -> Amount:
    micros, tokens = connection.execute(_SUM, (account,)).fetchone()
    return Amount(micros=micros, tokens=tokens)


def _settled(connection: sqlite3.Connection, account: str) -> Amount:
    """Without what is only reserved."""
    micros, tokens = connection.execute(f"{_SUM} AND spend.status <> 'reserved'", (account,)).fetchone()
    return Amount(micros=micros, tokens=tokens)

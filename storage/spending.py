"""Calls of models and what they cost: a call is charged to all its accounts, or to none and not made."""

import datetime as dt
import sqlite3
from collections.abc import Sequence

from engine.agents.calls import CallFacts, CallId, Ending, Purpose, Reservation, Settlement, SpendRow
from engine.money import NEARLY, Account, Amount, BudgetReached, Cap, crossed
from engine.values import BootId
from storage.connections import Reader
from storage.encoding import time_text
from storage.writer import Writer

_RESERVED = "reserved"
_INSERT = (
    "INSERT INTO spend (purpose, goal, task, chat, model, boot, status, micros, tokens_in, tokens_out, estimated,"
    " started_at, seconds, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CHARGE = "INSERT INTO spend_accounts (account, call, cap_micros, cap_tokens) VALUES (?, ?, ?, ?)"
_SETTLE = (
    "UPDATE spend SET status = ?, micros = ?, tokens_in = ?, tokens_out = ?, estimated = ?, seconds = ?, error = ?"
    " WHERE id = ? AND status = 'reserved'"
)
_LOSE = "UPDATE spend SET status = ?, estimated = 1 WHERE status = 'reserved' AND boot <> ?"
_SUM = (
    "SELECT COALESCE(SUM(spend.micros), 0), COALESCE(SUM(spend.tokens_in + spend.tokens_out), 0)"
    " FROM spend_accounts JOIN spend ON spend.id = spend_accounts.call WHERE spend_accounts.account = ?"
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
        return await self._writer.run(lambda connection: connection.execute(_LOSE, (Ending.LOST.value, boot)).rowcount)

    async def report(self, facts: CallFacts, micros: int, note: str, at: dt.datetime) -> CallId:
        """Keep money that a person spent. Caps do not stop what has happened."""
        return await self._writer.run(lambda connection: _report(connection, facts, micros, (note, time_text(at))))

    async def spent(self, account: str) -> Amount:
        """What is charged to an account, with what is reserved."""
        row = await self._reader.first(_SUM, (account,))
        return Amount() if row is None else Amount(micros=row[0], tokens=row[1])

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
        spent = _sum(connection, account.name)
        if not account.cap.allows(spent + wanted.estimate):
            raise BudgetReached(account, spent, wanted.estimate)
    facts, estimate = wanted.facts, wanted.estimate
    row = (
        facts.purpose.value, facts.goal, facts.task, facts.chat, wanted.model, wanted.boot, _RESERVED,
        estimate.micros, estimate.tokens, 0, 0, time_text(wanted.at), None, "",
    )  # fmt: skip
    return _charged(connection, row, facts)


def _report(connection: sqlite3.Connection, facts: CallFacts, micros: int, told: tuple[str, str]) -> CallId:
    note, at = told
    row = (
        Purpose.PERSON.value, facts.goal, facts.task, facts.chat, "", "", Ending.ANSWERED.value,
        micros, 0, 0, 0, at, 0.0, note,
    )  # fmt: skip
    return _charged(connection, row, facts)


def _charged(connection: sqlite3.Connection, row: tuple[object, ...], facts: CallFacts) -> CallId:
    call = connection.execute(_INSERT, row).lastrowid
    assert call is not None
    charges = [(account.name, call, account.cap.micros, account.cap.tokens) for account in facts.accounts]
    connection.executemany(_CHARGE, charges)
    return CallId(call)


def _settle(connection: sqlite3.Connection, call: CallId, end: Settlement) -> Sequence[Account]:
    accounts = [
        Account(name=name, cap=Cap(micros=micros, tokens=tokens))
        for name, micros, tokens in connection.execute(_CHARGED, (call,)).fetchall()
    ]
    before = {account.name: _settled(connection, account.name) for account in accounts}
    row = (
        end.ending.value, end.micros, end.tokens_in, end.tokens_out, int(end.is_estimate), end.seconds, end.error,
        call,
    )  # fmt: skip
    if connection.execute(_SETTLE, row).rowcount == 0:
        return []
    return [one for one in accounts if crossed(one.cap, before[one.name], _settled(connection, one.name), NEARLY)]


def _sum(connection: sqlite3.Connection, account: str) -> Amount:
    micros, tokens = connection.execute(_SUM, (account,)).fetchone()
    return Amount(micros=micros, tokens=tokens)


def _settled(connection: sqlite3.Connection, account: str) -> Amount:
    """Without what is only reserved."""
    micros, tokens = connection.execute(f"{_SUM} AND spend.status <> 'reserved'", (account,)).fetchone()
    return Amount(micros=micros, tokens=tokens)

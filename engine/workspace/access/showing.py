"""What came of an access as a small text for a model: numbered lines, and a word on whatever was left out."""

from collections.abc import Iterator, Sequence

from engine.workspace.access.results import Changed, Excerpt, Hits, Listing, SearchEnd
from engine.workspace.access.walking import EntryKind
from engine.workspace.escaping import shown_name

_LONGEST_LISTED = 60_000
"""Characters of a listing, or of what a search found."""

_ENDS = {
    SearchEnd.FOUND: "there may be more; search for something rarer, or in fewer files",
    SearchEnd.SECONDS: "the search was ended because it took too long; use a plain text or a simpler pattern",
    SearchEnd.BYTES: "there is more than one search goes through; search in fewer files",
    SearchEnd.NAMES: "there are more files than one search looks at; search in fewer folders",
}


def shown_excerpt(excerpt: Excerpt) -> str:
    """Its lines with their numbers, and how to get the others."""
    if not excerpt.total:
        return f"{shown_name(excerpt.path)} is empty."
    lines = "\n".join(f"{number}\t{line}" for number, line in enumerate(excerpt.lines, excerpt.first))
    if excerpt.first == 1 and excerpt.last == excerpt.total:
        return lines
    more = f"; line {excerpt.last + 1} is next" if excerpt.last < excerpt.total else ""
    return f"{lines}\n(Lines {excerpt.first} to {excerpt.last} of {excerpt.total}{more}.)"


def shown_listing(listing: Listing) -> str:
    """A path a line; folders end in a slash, files are told with their bytes."""
    signs = {EntryKind.FOLDER: "/", EntryKind.LINK: " (link, not followed)", EntryKind.OTHER: " (no plain file)"}
    lines = [
        f"{shown_name(entry.path)}{signs.get(entry.kind, f' ({entry.size:,} bytes)')}" for entry in listing.entries
    ]
    notes = list(_left_out(listing))
    kept = _within(lines)
    if listing.cut or len(kept) < len(lines):
        notes.insert(0, f"only the first {len(kept)} are shown; ask for fewer with a glob")
    return _with_notes(kept or ["Nothing fits."], notes)


def shown_hits(hits: Hits) -> str:
    """Path, number and text of each line that was found."""
    lines = [f"{shown_name(hit.path)}:{hit.line}: {hit.text}" for hit in hits.hits]
    kept = _within(lines)
    end = SearchEnd.FOUND if len(kept) < len(lines) else hits.end
    notes = [_ENDS[end]] if end in _ENDS else []
    if hits.skipped:
        notes.append(f"{_counted(hits.skipped, 'file')} not searched: no UTF-8 text, too large, or no plain file")
    return _with_notes(kept or [f"Nothing was found in {_counted(hits.files, 'file')}."], notes)


def shown_changes(changes: Sequence[Changed]) -> str:
    """What became of each file."""
    return "\n".join(
        f"{one.kind} {shown_name(one.path)}" + (f" ({_counted(one.lines, 'line')})" if one.bytes else "")
        for one in changes
    )


def _left_out(listing: Listing) -> Iterator[str]:
    if listing.hidden:
        yield f"{_counted(listing.hidden, 'entry', 'entries')} kept out by the repository's settings"
    if listing.unreadable:
        yield f"{_counted(listing.unreadable, 'entry', 'entries')} with names that can't be used"


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _within(lines: Sequence[str]) -> list[str]:
    """As many of the lines as fit."""
    kept: list[str] = []
    room = _LONGEST_LISTED
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept


def _with_notes(lines: Sequence[str], notes: Sequence[str]) -> str:
    return "\n".join(lines) + (f"\n({'; '.join(notes)}.)" if notes else "")

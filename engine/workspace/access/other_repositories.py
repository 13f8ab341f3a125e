"""What of a tree belongs to another repository: nothing there is changed, and no new one comes into being.

Git takes a folder for a repository that has `.git` in it, and one that looks like git's own folder: a bare repository,
whose settings may name programs. Whoever runs git somewhere in the tree would run them.
"""

from collections.abc import Collection
from pathlib import PurePosixPath

from engine.workspace.access.beneath import Tree
from engine.workspace.access.paths import folded_name
from engine.workspace.access.refusals import AccessRefused, Refusal

_HEAD = "HEAD"
_BESIDE_IT = (("objects", "refs"), ("commondir",))
"""With one of these beside a HEAD git takes a folder for its own."""


def check_own(tree: Tree, paths: Collection[str]) -> None:
    """Refuse to change any of the clean paths when one is in another repository, or they would make one."""
    coming = {tuple(map(folded_name, path.split("/"))) for path in paths}
    names = {(parts[:at], parts[at]) for parts in coming for at in range(len(parts))}
    known: dict[str, str] = {}
    for path in paths:
        for folder in PurePosixPath(path).parents:
            place = "" if folder == PurePosixPath() else str(folder)
            if place not in known:
                known[place] = _why_not(tree, place, names)
            if known[place]:
                raise AccessRefused(Refusal.DENIED, path, known[place])


def _why_not(tree: Tree, folder: str, names: Collection[tuple[tuple[str, ...], str]]) -> str:
    """Why nothing in a folder may be changed; empty when it may. `names` are those that come, by folder, folded."""
    inside = f"{folder}/" if folder else ""
    if folder and tree.status(f"{inside}.git") is not None:
        return f"it belongs to another repository, that of «{folder}»"
    within = tuple(map(folded_name, folder.split("/"))) if folder else ()

    def will_be(name: str) -> bool:
        return (within, folded_name(name)) in names or tree.status(f"{inside}{name}") is not None

    if will_be(_HEAD) and any(all(map(will_be, others)) for others in _BESIDE_IT):
        named = f"«{folder}»" if folder else "the tree itself"
        return f"with HEAD, objects and refs git takes {named} for a repository, and would do what its settings say"
    return ""

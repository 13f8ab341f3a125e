"""Small programs with one bug each, of as many kinds as bugs have: what a person says of it, a test, and the cure."""

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A program whose own tests pass although it has a bug."""

    kind: str
    module: str
    """Its name, without the ending."""
    bug: str
    """What a person says of it: what follows «Fix the bug that»."""
    code: str
    passing: str
    """Statements of a test that passes with the bug and without."""
    failing: str
    """Statements of one that only passes without it."""
    old: str
    """What is wrong in the code: there once."""
    new: str
    wrong: str = ""
    """A cure that is none, in place of the old text; empty for one that changes nothing that matters."""

    @property
    def files(self) -> dict[str, str]:
        """The repository as it is before the goal."""
        return {f"{self.module}.py": self.code, f"test_{self.module}.py": self.test("Usual", self.passing)}

    @property
    def new_test(self) -> tuple[str, str]:
        """A file with a test that shows the bug, and its text."""
        return f"test_{self.module}_bug.py", self.test("Bug", self.failing)

    @property
    def cured(self) -> str:
        """The code without the bug."""
        return self.code.replace(self.old, self.new)

    def test(self, name: str, statements: str) -> str:
        """A file with one test of the program."""
        body = "\n".join(f"        {line}" for line in statements.splitlines())
        return (
            f"import unittest\n\nimport {self.module}\n\n\nclass {name}(unittest.TestCase):\n"
            f"    def test_{name.lower()}(self):\n{body}\n"
        )


def _case(**told: str) -> Case:
    return Case(**{**told, "code": dedent(told["code"]).lstrip("\n")})


CASES = (
    _case(
        kind="off by one",
        module="totals",
        bug="the total leaves out the last price",
        code="""
            def total(prices):
                result = 0
                for at in range(len(prices) - 1):
                    result += prices[at]
                return result
        """,
        passing="self.assertEqual(totals.total([]), 0)",
        failing="self.assertEqual(totals.total([1, 2, 4]), 7)",
        old="range(len(prices) - 1)",
        new="range(len(prices))",
        wrong="range(1, len(prices))",
    ),
    _case(
        kind="wrong operator",
        module="bits",
        bug="bits are counted wrongly, or without an end, for numbers with several of them",
        code="""
            def bits(number):
                count = 0
                for _ in range(64):
                    if number == 0:
                        break
                    number = number ^ (number - 1)
                    count += 1
                return count
        """,
        passing="self.assertEqual(bits.bits(0), 0)",
        failing="self.assertEqual([bits.bits(one) for one in (1, 7, 128, 127)], [1, 3, 1, 7])",
        old="number ^ (number - 1)",
        new="number & (number - 1)",
        wrong="number | (number - 1)",
    ),
    _case(
        kind="wrong variable",
        module="flattening",
        bug="nested lists come out nested",
        code="""
            def flat(values):
                found = []
                for value in values:
                    if isinstance(value, list):
                        for inner in flat(value):
                            found.append(value)
                    else:
                        found.append(value)
                return found
        """,
        passing="self.assertEqual(flattening.flat([1, 2]), [1, 2])",
        failing="self.assertEqual(flattening.flat([1, [2, [3, 4]], 5]), [1, 2, 3, 4, 5])",
        old="for inner in flat(value):\n                found.append(value)",
        new="for inner in flat(value):\n                found.append(inner)",
        wrong="for inner in value:\n                found.append(inner)",
    ),
    _case(
        kind="missing base case",
        module="powers",
        bug="two to the power of nothing ends in a recursion error",
        code="""
            def power(value, exponent):
                if exponent == 1:
                    return value
                return value * power(value, exponent - 1)
        """,
        passing="self.assertEqual(powers.power(2, 5), 32)",
        failing="self.assertEqual(powers.power(2, 0), 1)",
        old="if exponent == 1:\n        return value\n",
        new="if exponent == 0:\n        return 1\n",
        wrong="if exponent <= 1:\n        return value\n",
    ),
    _case(
        kind="swapped arguments",
        module="divisors",
        bug="the greatest common divisor is never found",
        code="""
            def divisor(one, other):
                if other == 0:
                    return one
                return divisor(one % other, other)
        """,
        passing="self.assertEqual(divisors.divisor(5, 0), 5)",
        failing="self.assertEqual(divisors.divisor(12, 18), 6)",
        old="divisor(one % other, other)",
        new="divisor(other, one % other)",
        wrong="divisor(other % one, one)",
    ),
    _case(
        kind="wrong boundary",
        module="sieve",
        bug="squares of primes count as primes",
        code="""
            def primes(most):
                found = []
                for number in range(2, most + 1):
                    if all(number % prime for prime in found if prime * prime < number):
                        found.append(number)
                return found
        """,
        passing="self.assertEqual(sieve.primes(3), [2, 3])",
        failing="self.assertEqual(sieve.primes(30), [2, 3, 5, 7, 11, 13, 17, 19, 23, 29])",
        old="prime * prime < number",
        new="prime * prime <= number",
        wrong="prime < number // 2 - 1",
    ),
    _case(
        kind="missing return",
        module="finding",
        bug="what is in the left half is not found",
        code="""
            def place(values, wanted, start=0):
                if not values:
                    return None
                middle = len(values) // 2
                if values[middle] == wanted:
                    return start + middle
                if wanted < values[middle]:
                    place(values[:middle], wanted, start)
                else:
                    return place(values[middle + 1 :], wanted, start + middle + 1)
        """,
        passing="self.assertEqual(finding.place([1, 3, 5], 5), 2)",
        failing="self.assertEqual(finding.place([1, 3, 5], 1), 0)",
        old="        place(values[:middle], wanted, start)",
        new="        return place(values[:middle], wanted, start)",
        wrong="        return start + 1",
    ),
    _case(
        kind="mutated default argument",
        module="paths",
        bug="the second walk begins with the steps of the first",
        code="""
            def walk(links, start, seen=[]):
                seen.append(start)
                for place in links.get(start, ()):
                    if place not in seen:
                        walk(links, place, seen)
                return seen
        """,
        passing="self.assertEqual(paths.walk({1: [2]}, 1, []), [1, 2])",
        failing="paths.walk({1: [2]}, 1)\nself.assertEqual(paths.walk({3: [4]}, 3), [3, 4])",
        old="seen=[]):\n",
        new="seen=None):\n    seen = [] if seen is None else seen\n",
        wrong="seen=list()):\n",
    ),
    _case(
        kind="wrong initial value",
        module="largest",
        bug="the largest of negative numbers comes out as nought",
        code="""
            def largest(values):
                best = 0
                for value in values:
                    if value > best:
                        best = value
                return best
        """,
        passing="self.assertEqual(largest.largest([3, 9, 2]), 9)",
        failing="self.assertEqual(largest.largest([-3, -9, -2]), -2)",
        old="best = 0\n",
        new="best = values[0]\n",
        wrong="best = -1\n",
    ),
    _case(
        kind="missing call",
        module="names",
        bug="names with capitals are taken for other names",
        code="""
            def same(one, other):
                return one.strip().lower == other.strip().lower
        """,
        passing='self.assertFalse(names.same("Ann", "Ben"))',
        failing='self.assertTrue(names.same(" ann", "Ann "))',
        old="one.strip().lower == other.strip().lower",
        new="one.strip().lower() == other.strip().lower()",
        wrong="one.strip() == other.strip()",
    ),
    _case(
        kind="wrong order of conditions",
        module="grades",
        bug="nobody ever gets the best grade",
        code="""
            def grade(points):
                if points >= 50:
                    return "passed"
                if points >= 90:
                    return "excellent"
                return "failed"
        """,
        passing='self.assertEqual([grades.grade(one) for one in (10, 60)], ["failed", "passed"])',
        failing='self.assertEqual(grades.grade(95), "excellent")',
        old='points >= 50:\n        return "passed"\n    if points >= 90:\n        return "excellent"',
        new='points >= 90:\n        return "excellent"\n    if points >= 50:\n        return "passed"',
        wrong='points >= 50:\n        return "passed"\n    if points > 90:\n        return "excellent"',
    ),
    _case(
        kind="integer division",
        module="averages",
        bug="averages lose what is behind the point",
        code="""
            def average(values):
                return sum(values) // len(values) if values else None
        """,
        passing="self.assertIsNone(averages.average([]))",
        failing="self.assertEqual(averages.average([1, 2]), 1.5)",
        old="sum(values) // len(values)",
        new="sum(values) / len(values)",
        wrong="float(sum(values) // len(values))",
    ),
    _case(
        kind="infinite loop",
        module="halving",
        bug="odd numbers are halved for ever",
        code="""
            def halvings(number):
                count = 0
                while number != 1:
                    number = number // 2 if number % 2 == 0 else number
                    count += 1
                return count
        """,
        passing="self.assertEqual(halving.halvings(8), 3)",
        failing="self.assertEqual(halving.halvings(6), 2)",
        old="number // 2 if number % 2 == 0 else number",
        new="number // 2",
        wrong="number // 2 if number % 2 == 0 else number + 0",
    ),
    _case(
        kind="swallowed error",
        module="ages",
        bug="an age that is no number counts as a baby's",
        code="""
            def age(text):
                try:
                    return int(text)
                except ValueError:
                    return 0
        """,
        passing='self.assertEqual(ages.age("7"), 7)',
        failing='with self.assertRaises(ValueError):\n    ages.age("seven")',
        old="    try:\n        return int(text)\n    except ValueError:\n        return 0\n",
        new="    return int(text)\n",
        wrong="    try:\n        return int(text)\n    except ValueError:\n        return -1\n",
    ),
)
"""One case of each kind."""

"""Whatever is wrong with a method file is told with its line: the marked lines are those, and no others."""

import pytest

from engine.planning.methods.faults import MOST_FAULTS
from engine.planning.methods.libraries import Source, assemble
from tests.engine.planning.methods.marked import assert_told, load

HEAD = """
name: mine
types:
  person: any
  size: [small, large]
facts:
  built(thing): It works
  tester(person who): Tries it
  ready: All is
numbers:
  money: What is left
  stock(thing) = 3: What there is
context:
  flag has_tests = false: There are
  number days: Left
  size change = small: How large
compounds:
  build(thing):
    methods:
      build_it:
        do:
          code: write(?thing)
steps:
  write(thing):
    title: Write {thing}
  look(number n):
  choose:
    work: decide
    inputs: {options: [Go, Stop]}
"""


def step(fields: str) -> str:
    return f"{HEAD}  mine(thing, person who, number n):\n" + "".join(f"    {line}\n" for line in fields.splitlines())


def method(fields: str) -> str:
    inner = "".join(f"        {line}\n" for line in fields.splitlines())
    return HEAD.replace("steps:\n", f"  own(thing, person who, number n):\n    methods:\n      way:\n{inner}steps:\n")


@pytest.mark.parametrize(
    "fields",
    [
        "when: bilt ?thing  #! there is no relation bilt; did you mean built?",
        "when:\n  - built ?thing\n  - built ?thing ?n  #! 2 arguments given; 1 are wanted: thing",
        "when: tester ?n  #! ?n is a number elsewhere",
        "when: built ?thng  #! ?thng is no parameter",
        "when: monay > 3  #! there is no number or context key monay; did you mean money?",
        "when: money  #! money is a number; compare it",
        "when: has_tests ?n  #! takes no arguments",
        "when: not money > 3  #! «not» can't stand before «>»; «money <= 3»",
        "when: change = smal  #! «smal» is never a size; one of small, large",
        "when: change > 3  #! a size can't be compared by size",
        "when: has_tests = 3  #! «3» is never a flag",
        "when: stok(?thing) > 3  #! there is no quantity stok; did you mean stock?",
        "when: stock(?thing, 2) > 3  #! 2 arguments given; 1 are wanted: thing",
        "when: money / 3 / > 2  #! ends too early",
        "when: money >  #! ends too early",
        "when: built(?thing  #! ends too early",
        "when: built ?thing)  #! «)» can't stand there",
        "when: built @  #! «@» can't stand there",
        "when: built ?thing or  #! ends too early",
        "when:\n  - nor: [ready]  #! a condition can't be «nor» with a colon",
        "when:\n  - or:  #! «or» has nothing to choose from",
        "when:\n  - [ready]  #! a list inside a list of conditions",
        "when: let ?x = 1 and let ?x = 2  #! ?x has a value already | ?x is no parameter",
        "when: ?n + days > ?who  #! a person can't be compared by size",
        "when: ?n > stock(?thing) + 'x'  #! a text where a number belongs",
        "effects: built ?thing ?n  #! 2 arguments given; 1 are wanted: thing",
        "effects:\n  - ready\n  - built ?x  #! ?x has no value here",
        "effects: days -= 3  #! days belongs to the context, which no step changes",
        "effects: money  #! money is a number; «money = 3»",
        "effects: mony -= 3  #! there is no quantity mony; did you mean money?",
        "effects: redy  #! there is no relation redy; did you mean ready?",
        "effects: [[ready]]  #! an effect is a list",
        "effects: money += 'x'  #! a text where a number belongs",
        "title: Build {thng}  #! {thng} is mentioned and not known; did you mean thing?",
        "title: Build {thing  #! a single «{» in",
        "title: {thing}  #! «title» is a table; a text; one that begins with { needs quotes",
        "title: ''  #! «title» is empty",
        "titel: Build  #! the step mine has no «titel»; did you mean title?",
        "description:  #! «description» is empty",
        "checks:\n  - It works\n  - {a: b}  #! «checks» is a table",
        "inputs: {a: {b: ['{c}']}}  #! {c} is mentioned and not known",
        "inputs: 3  #! «inputs» is «3»; a table",
        "work: Do It  #! «Do It» is no work",
        "critical: yes  #! «critical» is «yes»; true or false",
        "odds: 0  #! 0 are no odds",
        "odds: 1.5  #! 1.5 are no odds",
        "odds: high  #! there is no number or context key high",
        "odds: true  #! «True» is no number",
        "odds: money  #! money changes from step to step",
        "odds: money / 3  #! it would depend on the order of steps",
        "odds: ?x / 3  #! ?x has no value here",
        "cost: -1  #! -1 is not possible here; a number from 0 on",
        "weight: [1]  #! «weight» is a list",
        "count: 2.5  #! 2.5 can't be counted; a whole number",
        "count: 0  #! 0 is not possible here; a number from 1 on",
        "estimate: 3h  #! «3h» is no estimate",
        "estimate: 1-2-3  #! «1-2-3» has no unit of time",
        "estimate: 1-2-3m  #! «m» is no unit of time; min, h, d",
        "estimate: 4-2-8h  #! the estimate falls where it should grow",
        "estimate:\n  low: 1  #! the estimate has no «high»\n  likely: 1d",
        "estimate:\n  low: 1\n  likely: ?x  #! ?x has no value here\n  high: 9",
        "estimate:\n  low: -1  #! -1 is not possible here\n  likely: 1\n  high: 9",
        "target: 500 signups  #! «500 signups» is no target",
        "target: at least ?who signups  #! a person where a number belongs",
        "needs: {gpu: many}  #! how many gpu are needed is «many»",
        "needs: {gpu: 0}  #! 0 of gpu; 1 or more",
        "needs: '{gpu}'  #! {gpu} is mentioned and not known",
        "expected: '{it}'  #! {it} is mentioned and not known",
        "checkpoint: '{it}'  #! {it} is mentioned and not known",
    ],
)
def test_what_is_wrong_with_a_step_is_told_with_its_line(fields: str) -> None:
    assert_told(step(fields))


@pytest.mark.parametrize(
    "fields",
    [
        "do:\n  a: wirte(?thing)  #! there is no task wirte; did you mean write?",
        "do:\n  a: write(?thing, 3)  #! 2 arguments given; 1 are wanted: thing",
        "do:\n  a: write(?thng)  #! ?thng has no value here; did you mean thing?",
        "do:\n  a: look(many)  #! «many» does not fit; a number",
        "do:\n  a: look(?thing)  #! ?thing is a text elsewhere",
        "do:\n  a: [write]  #! a task is a list",
        "do:\n  a: 3 times  #! «3 times» is no task",
        "do:\n  A: write(?thing)  #! «A» is no label",
        "do:\n  a:  #! the subtask a has no task\n    after: b\n  b: write(?thing)",
        "do:\n  a:\n    task: write(?thing)\n    after: c  #! no subtask is labelled c\n  b: write(?thing)",
        "do:\n  a:\n    task: choose\n    aftr: b  #! the subtask a has no «aftr»; did you mean after?\n  b: choose",
        "do:\n  a: {task: choose, after: b}  #! they come before themselves\n  b: {task: choose, after: a}",
        "order: sequential  #! the order is sequential, and yet there is «after»\n"
        "do:\n  a: choose\n  b:\n    task: choose\n    after: a",
        "order: paralel  #! did you mean parallel?\ndo:\n  a: choose",
        "order: pairs  #! sequential or parallel\ndo:\n  a: choose",
        "do:\n  a:\n    task: write(?thing)\n    each: tester ?x  \n  b: write(?x)  #! ?x has no value here",
        "do:\n  a:\n    task: choose\n    each: testr ?x  #! there is no relation testr; did you mean tester?",
        "do:\n  a:\n    task: choose\n    each: ?x > 3  #! ?x has no value here",
        "do:\n  a:\n    task: choose\n    each_order: random  #! sequential or parallel",
        "do:\n  a: choose\n  b:\n    task: choose\n    only_if: a  #! «only_if» is «a»",
        "do:\n  a: choose\n  b:\n    task: choose\n    only_if: c = Go  #! no subtask is labelled c",
        "do:\n  a: choose\n  b:\n    task: choose\n    only_if: a = Goo  #! a has no option Goo; one of",
        "do:\n  a: write(?thing)\n  b:\n    task: choose\n    only_if: a = Go  #! a decides nothing",
        "do:\n  b:\n    task: choose\n    only_if: a = Go  #! a does not come before\n  a: choose",
        "do:\n  a:\n    task: choose\n    serves: first  #! «serves» is «first»",
        "do:\n  a:\n    task: choose\n    serves: -1  #! «serves» is «-1»",
        "when: tester ?x and built ?y\nsummary: With {z}  #! {z} is mentioned and not known",
        "when: not built ?x and ?x = ?y  #! ?x has no value here | ?y has no value here",
        "checkpoints:\n  a: Done  #! no subtask is labelled a",
        "do:\n  ab: choose\ncheckpoints:\n  ac: Done  #! did you mean ab?",
        "do:\n  a: choose\ncheckpoints:\n  a: '{z} is done'  #! {z} is mentioned and not known",
        "odds: 0.5 * 'x'  #! a text where a number belongs",
        "for: build(?thing)  #! way stands under own and is for build",
        "for: own(?thing, ?who)  #! 2 arguments given; 3 are wanted",
        "for: own(?thing, ?who, many)  #! «many» does not fit; a number",
        "cost: days / 2 / ?z  #! ?z has no value here",
        "cost: days / (2 - 2)  #! something is divided by 0",
        "odds: 1 / 0  #! something is divided by 0",
        "odds: 3 / 2  #! 1.5 are no odds",
        "when: days / 0 > 3  #! something is divided by 0",
        "when: stock(?thing) > 3 / 0  #! something is divided by 0",
        f"cost: {' * '.join(['9' * 15] * 30)}  #! the numbers come to too much",
        "cost: 1 - 2  #! -1 is not possible here",
        "cost: 1e99  #! 1e+99 is not possible here",
        "do: write  #! «do» is «write»; a table",
        "wehn: ready  #! the method way has no «wehn»; did you mean when?",
    ],
)
def test_what_is_wrong_with_a_method_is_told_with_its_line(fields: str) -> None:
    assert_told(method(fields))


@pytest.mark.parametrize(
    "text",
    [
        "nam: x  #! the library has no name | a method file has no «nam»; did you mean name?",
        "name: My Library  #! «My Library» is no name for a library",
        "[a, b]  #! the file is a list | the library has no name",
        "just a text  #! the file is «just a text» | the library has no name",
        "name: x\nfacts:\n  Built(thing): x  #! «Built» is no name",
        "name: x\nfacts:\n  built(thing, ): x  #! «)» can't stand there",
        "name: x\nfacts:\n  and: x  #! «and» has a meaning of its own",
        "name: x\nfacts:\n  built = 3: x  #! is more than a name and parameters",
        "name: x\nfacts:\n  built: [x]  #! built has a list behind it",
        "name: x\nfacts:\n  at(thing, thing): x  #! two parameters are named thing",
        "name: x\ntypes:\n  person: any\nfacts:\n  at(persn who): x  #! there is no type persn; did you mean person?",
        "name: x\nfacts:\n  - built(thing)\n  - [a]  #! a declaration is a list",
        "name: x\nnumbers:\n  money = much: x  #! «much» is no number to begin with",
        "name: x\nnumbers:\n  text money: x  #! «text money» is no number",
        "name: x\ncontext:\n  flag a(b): x  #! has parameters",
        "name: x\ncontext:\n  fleg a: x  #! there is no type fleg; did you mean flag?",
        "name: x\ncontext:\n  number a = true: x  #! «True» does not fit; a number",
        "name: x\ncontext:\n  flag a:\n    signes: [b]  #! the key a has no «signes»; did you mean signs?",
        "name: x\ncontext:\n  text a:\n    signs: [b]  #! «signs» of what is no flag is a list",
        "name: x\ntypes:\n  text: any  #! the type text is there already",
        "name: x\ntypes:\n  size: []  #! size has no members",
        "name: x\ntypes:\n  size: [1]  #! a member of a type is «1»",
        "name: x\nfacts:\n  a: x\nnumbers:\n  a: x  #! a is declared otherwise at mine.yaml:3",
        "name: x\nfacts:\n  topic(a, b): x  #! topic is declared otherwise at goal.yaml:",
        "name: goal  #! there is a library goal already, at goal.yaml:1",
        "name: x\nsigns:\n  - [a]  #! a sign is a list",
        "name: x\nsigns:\n  - a: much  #! a sign is «much»",
        "name: x\nsigns:\n  - a: 99  #! 99.0 weighs too much",
        "name: x\nsigns:\n  - '!!'  #! «!!» is no sign",
        "name: x\ncompounds:\n  a:  #! nothing tells how to do a",
        "name: x\ncompounds:\n  a(b, b):  #! two parameters are named b\n    methods:\n      c:",
        "name: x\ncompounds:\n  a(b):\n    sumary: b  #! did you mean summary?\n    methods:\n      c:",
        "name: x\ncompounds:\n  a(b):\n    summary: '{c}'  #! {c} is mentioned and not\n    methods:\n      c:",
        "name: x\ncompounds:\n  a(b):  #! a never comes to an end\n    methods:\n      c: {do: {d: a(?b)}}",
        "name: x\ncompounds:\n  a(b):\n    methods: {c: }\n    phrases: fix it  #! does not fit the parameters of a: b",
        "name: x\ncompounds:\n  a(b):\n    methods: {c: }\n    phrases: ['{b}']  #! does not fit the parameters of a",
        "name: x\ncompounds:\n  a(b):\n    methods: {c: }\n    phrases: ['x ({b})']  #! «({b})» can't stand in",
        "name: x\ncompounds:\n  a(b c d):  #! «a(b c d)» has «d» in the wrong place",
        "name: x\ncompounds:\n  a: 3  #! a is «3»; a table | nothing tells how to do a",
        "name: x\nmethods:\n  a:  #! nothing says what a is for",
        "name: x\nmethods:\n  a:\n    for: b(?c)  #! b is not declared",
        "name: x\nmethods:\n  a:\n    for: b  #! b is done by a work, not by methods\nsteps:\n  b:",
        "name: x\nsteps:\n  b:\n  c:\n  b(d):  #! there is a task b already, at mine.yaml:3",
        "name: x\ncompounds:\n  b:\n    methods:\n      c:\nsteps:\n  b:  #! there is a task b already, at mine.yaml:3",
        "name: x\ncompounds:\n  a:\n    methods:\n      c:\n  b:\n    methods:\n"
        "      c:  #! there is a method c already, at mine.yaml:5",
        "name: x\nsteps:\n  b: {title: x, title: y}  #! «title» is there already, in line 3",
    ],
)
def test_what_is_wrong_with_a_library_is_told_with_its_line(text: str) -> None:
    assert_told(text)


@pytest.mark.parametrize(
    "text",
    [
        "name: x\nsummary: {thing} runs  #! quotes around a text that begins with {",
        "name: x\nsummary: a: b  #! quotes around a text with «: » in it",
        "name: x\n\tsummary: a  #! indent with blanks, not with tabs",
        "name: x\nsummary: @me  #! quotes around a text that begins with such a sign",
        'name: x\nsummary: "a" b  #! quotes around the whole of the text',
        "name: x\nfacts:\n  tester(who: person): a  #! the type before the name",
        "name: x\nsummary: &a b  #! &a names a value",
        "name: x\nsummary: !!str b  #! makes a value something else",
        "name: x\nsummary: *a  #! *a stands for something else | «summary» is empty",
        "name: x\n---  #! a second document begins here\nname: y",
        "name: x\n? [a]  #! a list or table can't be a key\n: b",
        "#! the file is empty",
    ],
)
def test_yaml_that_is_no_data_is_told_with_its_line(text: str) -> None:
    assert_told(text)


def test_bytes_that_are_no_text_are_told_with_their_line() -> None:
    def told(data: bytes) -> list[str]:
        return [str(fault) for fault in assemble([Source(file="f", data=data)]).faults]

    assert told(b"name: x\nsummary: \xff") == ["f:2: this is no UTF-8 text; a text file in UTF-8"]
    assert told(b"name: x\n\nsummary: \0") == ["f:3: the sign U+0000 can't be used; signs that can be read"]
    assert told("name: x\nsummary: \u2028".encode())[0].startswith("f:2: the sign U+2028")
    assert told(b"\xef\xbb\xbfname: x") == []


def test_one_misspelt_word_is_one_error() -> None:
    """What follows from it is not told: who binds ?who can't be read, so nobody says that ?who has no value."""
    assert_told(
        method("when: tester ?x and bult(  #! ends too early\ndo:\n  a: write(?x)\nsummary: Let {x} do it"),
    )
    assert_told(f"{HEAD}  Writ(thing):  #! «Writ» is no name\n".replace("write(?thing)", "Writ(?thing)"))


def test_all_errors_of_a_file_are_told_together_and_in_order() -> None:
    text = step("titel: x\nwhen: bilt ?thing\nodds: 7")
    faults = load(text).faults
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    assert len(faults) == 3


def test_what_is_one_too_many_is_not_said_to_be_missing_as_well() -> None:
    """Only the bound is told: what uses a name beyond it is right but for that."""
    facts = (
        "".join(f"  f{number}(thing): It is\n" for number in range(200)) + "  g(thing): It is  #! 201 are declared\n"
    )
    assert_told(f"name: x\nfacts:\n{facts}steps:\n  s(thing):\n    when: g ?thing\n    effects: g ?thing\n")
    keys = "".join(f"  number k{number}: One\n" for number in range(200)) + "  number z: One  #! 201 are declared\n"
    assert_told(f"name: x\ncontext:\n{keys}steps:\n  s:\n    when: [let ?n = z + 1, z > 3]\n    cost: z\n")
    tasks = "".join(
        f"  c{number}:\n    methods: {{m{number}: {{do: {{a: c{number + 1}}}}}}}\n" for number in range(300)
    )
    last = "  c300:  #! there are 301 of them\n    methods: {m300: {do: {a: s}}}\nsteps:\n  s:\n"
    assert_told(f"name: x\ncompounds:\n{tasks}{last}")
    many = "".join(f"      m{number}: {{do: {{a: s}}}}\n" for number in range(500))
    other = "  b:\n    methods:\n      n:  #! the file has 501 methods\n        do: {a: s}\nsteps:\n  s:\n"
    assert_told(f"name: x\ncompounds:\n  a:\n    methods:\n{many}{other}")


def test_an_escape_brings_in_no_sign_that_can_not_be_used() -> None:
    assert_told('name: x\nsteps:\n  s:\n    title: "a\\0b"  #! the sign U+0000 can\'t be used')
    assert_told('name: x\nsteps:\n  s:\n    title: "a\\tb\\xa0"')


def test_no_more_is_told_than_anybody_reads() -> None:
    faults = load("name: x\n" + "".join(f"key{number}: 3\n" for number in range(1000))).faults
    assert len(faults) == MOST_FAULTS + 1
    assert str(faults[-1]).endswith("900 more faults are not listed; mend these first")


def test_an_error_is_one_line_however_long_and_wild_the_text() -> None:
    wild = "\x1b[31m" + "ö" * 5000 + "\n\nmore"
    (fault,) = load(f"name: x\nsteps:\n  a:\n    work: {wild!r}").faults
    assert "\n" not in str(fault)
    assert len(str(fault)) < 1000

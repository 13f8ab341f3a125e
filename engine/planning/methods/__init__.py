"""Method libraries as plain data files: read, checked with file and line, and put together to one domain to plan with.

A library is one YAML file::

    name: tea
    summary: Making tea
    signs: [tea, kettle: 0.5]            # words of a goal that show its subject; from 1 on in all «topic tea» holds
    types:
      size: [small, large]               # closed; «any» for an open one
    facts:
      hot(thing): It boils               # parameters are texts, or «type name», such as «at(person who, place)»
      guest(who): Comes for tea
    numbers:
      water(place) = 2: Litres           # «= unknown»: comparing it fails until something sets it
    context:                             # known of the goal, and never changed by a step
      flag has_kettle = false:
        summary: There is a kettle
        signs: [electric kettle]         # what a goal's text shows when it is true; a table of lists for other types
      size pot = small: Which pot there is
    compounds:                           # large tasks, with the ways to do them
      make_tea(kind):
        summary: Make {kind} tea
        phrases: ["make {kind} tea"]     # how criteria ask for it
        unless: [ceremony]               # words that tell that something else is asked for
        methods:
          with_kettle:
            summary: With the kettle; quicker
            when: [has_kettle, water(tank) >= 1]
            odds: 0.99                   # that this way works out, its steps' own odds aside
            do:                          # label: task(arguments), one after the other
              boil: boil(kettle)
              pour:
                task: pour(?kind, ?who)
                after: boil              # with «after» anywhere, subtasks without it start at once
                each: guest ?who         # once for each match; an «if» where it binds nothing
              ask:
                task: ask_for_more
                after: pour
              again: {task: make_tea(?kind), only_if: ask = Yes}
            checkpoints: {boil: The water is hot}
    methods:                             # more ways to do compounds, those of other libraries too
      from_a_machine:
        for: make_tea(black)
        do: {press: press_button}
    steps:                               # what a work carries out
      boil(thing):
        title: Boil water in the {thing}
        when: [not hot ?thing, water(tank) >= 1]
        effects: [hot ?thing, water(tank) -= 1]
        expected: Boiling water
        checks: [It bubbles]
        needs: {stove: 1}
        estimate: 3-5-10min              # low-likely-high, elapsed; min h d w, or a table in hours
        odds: 0.99
      pour(kind, who):
        title: Pour {who} a cup of {kind} tea
        when: hot kettle
        estimate: {low: 0.01, likely: 1min, high: 0.1}
      ask_for_more:
        work: decide
        inputs: {question: Does anybody want more?, options: [Yes, No]}
      press_button:
        critical: true
      invite(who):
        effects: guest ?who

A step has besides: `description`, `work` (`person` unless said), `inputs`, `target` («at least 500 signups»), `cost`,
`weight`, `critical`, `count`, `checkpoint`. A method has besides: `for`, `cost`, `order` (sequential or parallel); a
subtask `each_order` and `serves`. Texts for people are templates: `{name}` stands for a parameter, a variable or a key
of the context. A compound may take `clause`, the clause of the criterion that asks for it, which no phrase tells:
`each: not asked(?clause, "venue, hall")` leaves out what another criterion speaks of.

Conditions: `built ?x` or `at(?x, home)`, `not built ?x`, a flag or `not` a flag, comparisons (`= != < <= > >=`) of
numbers, variables, keys of the context and arithmetic (`+ - * / min() max()`), `let ?n = …`; `and` and `or` inside one
text, or nested as `or:` and `and:` with lists. Effects: `built ?x`, `not built ?x`, `money = 3`, `money += 1`,
`money -= 1`. Those of a method are looked at when it is chosen, those of a step when its turn has come: a step asks for
what it uses up, as `boil` does, or two ways side by side may both reckon with the same.

Names are shared by all libraries: a task of another one can be called, and what two libraries declare alike is one
thing. `sources.load_libraries` loads all there are; what is broken is left out and told in `Libraries.faults`. What can
never happen (a condition that contradicts another one, or that no step brings about) harms nobody and is told by
`milepost methods check` alone: the step that brings it about may be in a library that is not there.
"""

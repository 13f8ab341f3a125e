"""Which answers tell how things stand, in whatever words: beneath them stands what the ledger holds."""

import pytest

from engine.agents.conversation.claims import tells_of_something
from engine.agents.conversation.known import Known
from tests.hanging import no_hang

TOLD = """\
The tests pass.
The tests don't fail any more.
The tests pass on every machine.
Your new landing page works on phones.
The server answers with 200 again.
It works.
They run without a hitch now.
All done!
I've sent it.
It's deployed.
The build is green.
Shipped.
Merged into main and tagged.
Sorted!
You're all set!
We're at 80 % already.
The code review came back clean.
The backup ran last night and all is well.
The website relaunch is about half way through.
It is waiting for your approval.
The first milestone was reached on Wednesday.
Payment went through.
Nothing went wrong today.
There are no open tasks left.
The plan now has five steps.
Two of the three tasks are complete.
Sure thing. The tests pass, so we can go on with the release. Anything else?
Let me check… Yes, the invoice went out on Monday.
Great news! Everything works. The customers love it.
Hello! Since yesterday a lot has happened.
Everyone has signed. The contract is valid from tomorrow.
I rang the caterer; they'll come at six.
I have added the most important steps.
I've called it off, as you wanted.
Of course! I have just let your team know.
The domain belongs to you now.
Stage two: complete. Stage three: running.
Your bread is in the oven.
Your message reached them an hour ago.
✅ Flyers
Erledigt!
Die Tests laufen alle durch.
Das Paket ist unterwegs.
C'est fait, le site est en ligne.
Le rapport est prêt.
La tarea está en marcha.
Il sito è online.
Está pronto, o relatório foi enviado.
Задача уже выполняется.
CI is green.
Tests pass.
Unit tests pass now, so we can go on.
Main is green again.
Coverage is at 92 %.
Login works again.
CI fails.
Today CI passes.
Gotowe, wysłałem raport.
Zadanie zostało wykonane.
テストはすべて合格しました。
تم إرسال التقرير.
谢谢！任务已经完成了。
完了、ありがとうございます。
こんにちは！レポートを送りました。
""".splitlines()
IDLE = """\
Hello! How can I help you today?
You're welcome!
No problem at all.
Have a nice evening!
Take your time.
OK.
Shall I cancel it?
Is it done?
I can create a goal for that if you like.
I haven't done anything yet.
I can't tell whether it is finished.
I have no way to call the shop.
Let me know when you are ready.
Tell me once it has been delivered and I'll take it from there.
If the tests pass, the next step would be to deploy.
To cancel a goal, send /cancel and pick it from the list.
A goal is a thing you want; a plan is a list of tasks that leads there.
The difference is that a milestone is reached while a task is done.
The first step is to find out what your customers need.
Try splitting it into smaller steps: draft, review, publish.
The usual order is: plan, build, test, ship.
Usually a deployment takes ten minutes.
The usual rent for such a room is 900 francs a month.
A domain costs about ten dollars a year.
The Eiffel Tower was completed in 1889.
Python 3.12 was released in October 2023.
Economists have argued about it for a century.
Most shops earn back the rent within a year.
A good way to start is to write down five names.
Start with a short page: a headline, a picture and one button. The headline says what you sell.
I'd begin with the people you know. Ask ten of them what they would pay.
I understand you were disappointed. It's normal to feel that way.
You told me you like short texts, so here is one: «Fresh bread, every day.»
It works like a diary, and it works best with a friend.
The bakery opens at eight, and the trick works with any dough.
The price depends on the season; that works for me.
Don't worry, there is no hurry.
I think the blue one looks nicer.
Grass is green, and tests are useful.
Sourdough works with rye; practice makes perfect.
Tests fail when the code is wrong.
That works.
Sure, Friday morning works.
Any time works; whatever works.
Guten Morgen! Wie kann ich helfen?
Das klingt gut!
Soll ich das Ziel abbrechen?
Ein guter Titel ist kurz und klar.
Bonjour ! Que puis-je faire pour vous ?
¿Quieres que lo cancele?
Привет! Чем могу помочь?
你好！
你好！我能帮你什么？
こんにちは！何かお手伝いしましょうか？
ありがとうございます！
안녕하세요! 무엇을 도와드릴까요?
مرحباً! كيف يمكنني مساعدتك؟
Dzień dobry! W czym mogę pomóc?
Γεια σας!
""".splitlines()


@pytest.mark.parametrize("text", TOLD)
def test_whatever_is_told_of_something_definite_or_as_done_is_found(text: str) -> None:
    assert tells_of_something(text, Known())


@pytest.mark.parametrize("text", IDLE)
def test_questions_offers_advice_small_talk_and_what_holds_always_tell_of_nothing(text: str) -> None:
    assert not tells_of_something(text, Known())


@pytest.mark.parametrize("words", ["and, ", "the ", "now ", "so now ", "I just ", "has been ", "everything's "])
def test_an_endless_answer_is_judged_at_once(words: str) -> None:
    with no_hang():
        tells_of_something(words * 4_096, Known())

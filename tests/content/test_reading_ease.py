"""English that is hard to read is told of; plain words, names and lists are not."""

import pytest

from bot.content.reading_ease import MAX_WORDS_IN_A_SENTENCE, hard_to_read

HARD = (
    "Notwithstanding considerations regarding applicability, representations concerning immigration determinations "
    "necessitate authorisation. Administrative reconsideration presupposes comprehensive documentation. "
    "Jurisdictional determinations remain fundamentally discretionary."
)


def rules(text: str) -> list[str]:
    return [rule for rule, _ in hard_to_read(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Hello.",
        "Immigration and papers",
        "Send me the postcode where you live, for example M1 1AE. I use it once, to find your MP. I do not save it.",
        "**The organisations:**\n" + "\n".join(f"- House of Help {number}" for number in range(15)),
    ],
)
def test_plain_words_pass(text: str) -> None:
    assert rules(text) == []


def test_long_words_need_many_years_of_school() -> None:
    assert rules(HARD) == ["hard-to-read"]


def test_a_sentence_may_have_so_many_words_and_no_more() -> None:
    most = " ".join(["word"] * MAX_WORDS_IN_A_SENTENCE)
    assert "long-sentence" not in rules(f"{most}.")
    assert "long-sentence" in rules(f"{most} more.")


def test_each_line_is_a_sentence() -> None:
    assert rules("\n".join(["one short line of words"] * 10)) == []


def test_addresses_do_not_count() -> None:
    link = "[source](https://example.org/" + "immeasurably-" * 20 + ")"
    assert (
        rules(f"The cat sat on the mat. The dog lay on the rug by the door of the red house. See here ({link}).") == []
    )


def test_the_message_says_which_sentence() -> None:
    message = dict(hard_to_read("Short. " + "very " * 30 + "long."))["long-sentence"]
    assert "a sentence has 31 words (“very very" in message
    assert message.endswith("make two")

"""More questions for what is learnt slowest: out of a sample's own texts, and, without a picture, on repeating words."""

import re

DESCRIBE = ("What does the image show?", "Describe the picture.", "What do you see?")
THINK = "Let's think step by step."

COLOURS = ("black", "blue", "green", "purple", "red", "yellow", "orange", "white", "brown", "grey", "pink")
THING = re.compile(rf"\b[Aa]n? ({'|'.join(COLOURS)}) ([a-z]+)\b")
RULE = re.compile(r"\bIf (\w+), say (\w+)\.")


def things_of(description):
    """Noun -> colour of what a description names once, in one colour."""
    found = {}
    for colour, noun in THING.findall(description):
        found.setdefault(noun, set()).add(colour)
    return {noun: colours.pop() for noun, colours in found.items() if len(colours) == 1}


def look_up(sample, rng):
    """Which colour has which thing: one question a thing, and all of them in random order. Asked of one picture side by side,
    these differ in the answer by the thing alone, which is what makes the model look for it."""
    things = things_of(sample.description)
    if len(sample.images) != 1 or len(things) < 2:
        return []
    nouns = rng.sample(list(things), len(things))
    out = [(f"What colour is the {noun}?", f"It is {things[noun]}.") for noun in nouns]
    out.append(("Which colours are there?", " ".join(f"The {noun} is {things[noun]}." for noun in nouns)))
    noun = rng.choice(nouns)
    colour = things[noun]
    said = colour if rng.random() < 0.5 else rng.choice([c for c in COLOURS if c != colour])
    ask = rng.choice((f"Is the {noun} {said}?", f"Somebody says the {noun} is {said}. Is that right?"))
    out.append((ask, f"{'Yes' if said == colour else 'No'}, it is {colour}."))
    return out


def rules(sample, rng):
    """A rule in the question: the rules in another order, and the question with the colour told."""
    found = RULE.findall(sample.question)
    if not found:
        return []
    asked, (colour, word) = sample.question[sample.question.index("If "):], rng.choice(found)
    return [(asked + " Say it again.", " ".join(f"If {c}, say {w}." for c, w in rng.sample(found, len(found)))),
            (f"It is {colour}. {asked}", word + ".")]


def of_sample(sample, rng):
    return look_up(sample, rng) + rules(sample, rng)


def new_word(rng):
    word = "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.choice((1, 1, 2))))
    word += rng.choice(("", "b", "f", "k", "m", "n", "p", "x"))
    return word.capitalize() if rng.random() < 0.7 else word


def new_words(rng, n):
    words = []
    while len(words) < n:
        word = new_word(rng)
        if len(word) > 2 and word.lower() not in [w.lower() for w in words]:
            words.append(word)
    return words


def repeat(rng):
    words = new_words(rng, rng.randint(2, 9))
    said = " ".join(words)
    return rng.choice((f"Say {said}.", f"Say: {said}.", f"Repeat {said}.", f"{said}. Say it again.")), said + "."


def follow(rng):
    """One of several rules applies; which one is told."""
    colours, words = rng.sample(COLOURS, 4), new_words(rng, 4)
    n = rng.randint(2, 4)
    pairs = list(zip(colours[:n], words))
    colour, word = rng.choice(pairs)
    form = rng.randrange(4)
    if form == 0:
        said = " ".join(f"If {c}, say {w}." for c, w in pairs)
        return rng.choice((f"{said} It is {colour}.", f"It is {colour}. {said}")), word + "."
    if form == 1:
        said = " ".join(f"The code of {c} is {w}." for c, w in pairs)
        return f"{said} What is the code of {colour}?", word + "."
    if form == 2:
        said = " ".join(f"{w} means {c}." for c, w in pairs)
        return f"{said} Say the word that means {colour}.", word + "."
    return " ".join(f"{w} means {c}." for c, w in pairs) + f" What does {word} mean?", f"It means {colour}."


def after(rng):
    """What came behind a word: copying with a look at the word before."""
    words = new_words(rng, rng.randint(3, 6))
    i = rng.randrange(len(words) - 1)
    return f"{' '.join(words)}. Which word comes after {words[i]}?", words[i + 1] + "."


def without_picture(rng):
    """A question and its answer, of words that were never seen before."""
    return rng.choice((repeat, repeat, follow, follow, after))(rng)

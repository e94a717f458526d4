"""`mine`: what waits for the person who asks, on one screen."""

from __future__ import annotations

from app import links
from app.domain.lifecycle import BY_KEY
from app.queries import mine
from app.slack.asked import Answer, Asked, Reader
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import lines

ITEMS, OTHERS = 5, 3  # of each kind: more than a dozen lines nobody reads in a channel
BOARD, EXEMPTIONS, PRACTICES = "/?mine=1", "/exemptions", "/practices"
NOTHING = "Nothing waits for you."


def show_mine(asked: Asked) -> Answer:
    """Overdue items first; then stages, practices and exemptions."""
    found = asked.read(lambda session: mine.read(session, asked.by, asked.today, ITEMS))
    if not found.total:
        shown = [parts.section(NOTHING), parts.choices(Button("Declare an incident", verb="declare"),
                                                       Button("Help", verb="help"))]  # fmt: skip
        return Answer(NOTHING, shown)
    words = "1 thing waits for you." if found.total == 1 else f"{found.total:,} things wait for you."
    return Answer(words, [parts.section(f"*{words}*"), *blocks(asked.reader, found, OTHERS)])


def blocks(reader: Reader, found: mine.Mine, others: int) -> list[Block]:
    """What waits for somebody, each thing with its next step; what there is nothing of is not told."""
    return [
        *_items(reader, found), *_stages(reader, found, others), *_rules(reader, found, others),
        *_excuses(reader, found, others),
    ]  # fmt: skip


def _items(reader: Reader, found: mine.Mine) -> list[Block]:
    shown = _head("Action items", found.items_total)
    for each in found.items:
        line = lines.item(each, reader.base_url, reader.today)
        steps = lines.item_steps(each.number, each.state, each.due_on, reader.today)
        shown += [lines.beside(line, *steps)] if len(steps) == 1 else [parts.section(line), parts.choices(*steps)]
    return shown + lines.more(found.items_total - len(found.items), reader.base_url, BOARD, "your incidents")


def _stages(reader: Reader, found: mine.Mine, most: int) -> list[Block]:
    shown = _head("Stages that wait for you", found.stages_total)
    for each in found.stages[:most]:
        button = lines.next_step(reader.base_url, each.number, each.stage, each.state)
        assert button is not None, f"INC-{each.number} is open: {BY_KEY[each.stage].title} has a next step"
        shown.append(lines.beside(lines.stage(each, reader.base_url), button))
    return shown + lines.more(found.stages_total - len(found.stages[:most]), reader.base_url, BOARD, "the board")


def _rules(reader: Reader, found: mine.Mine, most: int) -> list[Block]:
    shown = _head("Practices", found.rules_total)
    for each in found.rules[:most]:
        shown.append(lines.beside(lines.rule(each, reader.base_url), lines.rule_step(each, reader.base_url)))
    return shown + lines.more(found.rules_total - len(found.rules[:most]), reader.base_url, PRACTICES, "all practices")


def _excuses(reader: Reader, found: mine.Mine, most: int) -> list[Block]:
    shown = _head("Exemptions", found.excuses_total)
    if not found.excuses:
        return shown
    shown.append(parts.section(*(lines.excuse(each, reader.base_url) for each in found.excuses[:most])))
    page = parts.link(links.absolute(reader.base_url, EXEMPTIONS), "Exemptions")
    hidden = found.excuses_total - len(found.excuses[:most])
    return [*shown, parts.context(f"and {hidden:,} more: {page}" if hidden else f"Decide or renew them: {page}")]


def _head(words: str, count: int) -> list[Block]:
    return [parts.section(f"*{words}* ({count:,})")] if count else []


VERBS = {"mine": show_mine}

"""An incident as its people see it: the pinned summary, the timeline, a line in a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from handlers import blocks
from handlers.blocks import Block, escape, shorten
from handlers.breach.keeping import Hand
from knowledge import days
from knowledge.breach import data
from knowledge.breach.clocks import Clock, leading, shown, unexplained
from knowledge.breach.completeness import Met, completeness, unknown
from knowledge.breach.data import GDPR, ITQ
from knowledge.breach.incident import ROLES, Fact, Incident, Notice, label
from knowledge.breach.severity import chosen_words, graded
from storage.incidents import Entered

SHORT = 400
# Some validators of Block Kit hold every alt text to the 255 characters of an image element.
ALT = 255
MOST_ENTRIES = 60
# Six in a section, and a message holds 50 blocks.
MOST_CLOCKS = 120
MOST_SAID = 8
DRILL = "DRILL: an exercise. Its clocks run faster, and it never stands in the register."
FACTS = ("happened", "cause", "groups", "measures_taken", "consequences")
TIMES = {
    "event_on": "occurred on",
    "event_from": "occurred",
    "event_until": "until",
    "detected_at": "detected",
    "aware_at": "ITQ aware",
    "reported_at": "reported",
}
BUTTONS = (
    ("Answer questions", "answers"),
    ("Move on", "move"),
    ("Letters", "papers"),
    ("Mark as sent", "sent"),
    ("Decide", "decide"),
    ("Roles", "people"),
    ("Tasks", "tasks"),
    ("Severity", "severity"),
    ("Typical case", "case"),
    ("Add a note", "note"),
    ("Timeline", "timeline"),
)


def headline(incident: Incident) -> str:
    """What a notification of the summary says: the number, and nothing that was told."""
    return f"{incident.number}: where this {'drill' if incident.drill else 'incident'} stands"


def summary(hand: Hand, incident: Incident, picture: str = "", alt: str = "") -> list[Block]:
    """The whole state on one message: clocks, completeness, what is known in short, what can be done."""
    running = hand.clocks(incident)
    body = [_head(incident), *([blocks.context(DRILL)] if incident.drill else []), _facts(hand, incident)]
    body += [blocks.section(times)] if (times := _times(incident)) else []
    body += _clocks(incident, running, hand.now)
    if picture:
        body.append({"type": "image", "slack_file": {"id": picture}, "alt_text": shorten(alt, ALT)})
    body += [blocks.section(lines) for lines in _complete(incident)]
    known = [f"*{escape(label(n))}* {_short(incident.value(n))}" for n in FACTS if incident.value(n)]
    body += [blocks.section(line) for line in known]
    if judged := chosen_words(incident):
        body.append(blocks.context("Severity: " + escape("; ".join(judged))))
    tasks = [f"• {_short(task.what)} (<@{task.owner}>)" for task in incident.tasks if not task.done_at]
    body += [blocks.section("*Open tasks*\n" + "\n".join(tasks[:10]))] if tasks else []
    if incident.case:
        case = data.cases()[incident.case]
        body.append(blocks.context(f"Like *{escape(case.label)}*. What such cases led to: {escape(case.led_to)}"))
    return [*body, *blocks.rows(buttons(incident, running, hand.now))]


def buttons(incident: Incident, running: tuple[Clock, ...], now: datetime) -> list[Block]:
    """What can be done with an incident as it stands."""
    if incident.erased_at:
        return []
    wanted = (
        [("Reopen", "move"), ("Letters", "papers"), ("Timeline", "timeline")] if incident.settled else list(BUTTONS)
    )
    if unexplained(incident, running, now):
        wanted.insert(0, ("Reason for the delay", "delay"))
    return [blocks.button(text, f"breach_{name}", incident.number) for text, name in wanted]


def line(hand: Hand, incident: Incident) -> str:
    """An incident in one line of a list; escaped."""
    lead = leading(hand.clocks(incident)) if not incident.settled else None
    ends = f"; {escape(lead.who)}: {_stands(lead, hand.now)}" if lead else ""
    answered = "; ".join(f"{ref} {count}" for ref, count, _ in _counted(incident))
    return f"*{incident.number}* {label(incident.state)}{ends}; {answered}"


def words(hand: Hand, incident: Incident) -> list[str]:
    """What the incident has to say of its own accord now: clocks that end soon or ran out, and what is still unknown."""
    running = hand.clocks(incident)
    open_ = [f"*{escape(clock.who)}*: {escape(_ends(clock, hand.now))}" for clock in running if clock.open]
    said = open_[:MOST_SAID]
    if left := len(open_) - len(said):
        said.append(f"{left} more clocks are open; the summary has them all.")
    if late := unexplained(incident, running, hand.now):
        who = shorten(", ".join(clock.who for clock in late), 3 * SHORT)
        said.append(f"*{escape(who)}*: the time ran out and no reason for the delay is on record (GDPR 33(1)).")
    asked = [label(name) for name in unknown(incident)]
    return said + ([f"Still unknown: {escape('; '.join(asked))}"] if asked else [])


def timeline(incident: Incident, entries: Sequence[Entered]) -> list[Block]:
    """The latest entries of the timeline, newest first; long words shortened, the whole stands in the record."""
    shown_ = [entry_line(incident, entry) for entry in reversed(entries[-MOST_ENTRIES:])]
    left = len(entries) - len(shown_)
    more = [blocks.context(f"{left} earlier entries stand in the whole record (Letters).")] if left > 0 else []
    return [*(blocks.section(text) for text in shown_), *more]


def entry_line(incident: Incident, entry: Entered) -> str:
    """One entry: when, who, what, from what to what; escaped and shortened."""
    stamp = f"<!date^{int(entry.at.timestamp())}^{{date_num}} {{time_secs}}|{entry.at:%Y-%m-%d %H:%M} UTC>"
    who = _person(entry.by)
    if not entry.content:
        return f"{stamp} {who}: erased after its time"
    what, before, after = (entry.content[key] for key in ("what", "before", "after"))
    change = f"{_short(before)} → {_short(after)}" if before is not None else _short(after)
    note = f" _({_short(entry.content['note'])})_" if entry.content["note"] else ""
    return f"{stamp} {who} *{escape(label(what))}*: {change}{note}"


def _head(incident: Incident) -> Block:
    merged = f" into {incident.merged_into}" if incident.merged_into else ""
    return blocks.section(f"*{incident.number}* · *{label(incident.state)}*{merged}")


def _facts(hand: Hand, incident: Incident) -> Block:
    level, how = graded(incident)
    clients = ", ".join(f"{hand.client(slug)} ({slug})" for slug in incident.clients)
    people = [
        f"{name}: <@{incident.roles[role]}>" if role in incident.roles else f"{name}: nobody yet"
        for role, name in ROLES.items()
    ]
    told = "\n".join(_notice(notice) for notice in incident.notices[-MOST_SAID:])
    rows = [
        f"*Clients*\n{_short(clients) if clients else 'not known yet'}",
        f"*Severity (ENISA)*\n{escape(f'{level}: {how}') if level else 'not judged yet'}",
        "*People*\n" + "\n".join(people),
        f"*Told*\n{told or 'nobody yet'}",
    ]
    return {"type": "section", "fields": [{"type": "mrkdwn", "text": shorten(row, 2_000)} for row in rows]}


def _notice(notice: Notice) -> str:
    """Who was told what, when, how, and by whom it was put on record."""
    told_at = datetime.fromisoformat(notice.told_at)
    when = f"<!date^{int(told_at.timestamp())}^{{date_short_pretty}} {{time}}|{told_at:%Y-%m-%d %H:%M %z}>"
    whom = escape(shorten(f"{notice.about}: notice {notice.phase} to {notice.to} by {notice.how}", 120))
    return f"{whom}, {when}, {_person(notice.by)}"


def _times(incident: Incident) -> str:
    """When it occurred, was detected, known and reported: each with its zone and whoever said so."""
    facts = [(said, incident.facts[name]) for name, said in TIMES.items() if name in incident.facts]
    rows = [f"{said} {_told(fact)}, by {_person(fact.by)}" for said, fact in facts]
    return "\n".join(["*When*", *rows]) if rows else ""


def _told(fact: Fact) -> str:
    if fact.value is None:
        return f"not known yet, as of {blocks.moment(datetime.fromisoformat(fact.at), fact.zone)}"
    if "T" not in fact.value:
        return f"{days.spoken(date.fromisoformat(fact.value))} ({fact.zone})"
    return blocks.moment(datetime.fromisoformat(fact.value), fact.zone)


def _clocks(incident: Incident, running: tuple[Clock, ...], now: datetime) -> list[Block]:
    lead = leading(running)
    if incident.settled or not running:
        return []
    head = f"*First to end: {escape(lead.who)}*\n{_stands(lead, now)}" if lead else "*No clock runs any more.*"
    rest = [f"{escape(clock.who)}: {_stands(clock, now)}" for clock in running if clock is not lead]
    shown_ = rest[:MOST_CLOCKS]
    if left := len(rest) - len(shown_):
        shown_.append(f"{left} more clocks end later; the record (Letters) has them all.")
    because = [blocks.context(f"{escape(lead.who)}: {escape(lead.because)}")] if lead else []
    # A section holds 3,000 characters; a clock with both of its readings takes up to 400.
    parts = [shown_[at : at + 6] for at in range(0, len(shown_), 6)]
    return [blocks.section(head), *(blocks.section("\n".join(part)) for part in parts), *because]


def _stands(clock: Clock, now: datetime) -> str:
    """How a clock stands, as mrkdwn that stays true: its ends as Slack dates, told in days and hours by the reader's Slack."""
    if clock.left_out:
        return f"left out: {_short(clock.left_out)}"
    end = blocks.moment(clock.due, clock.zone, ago=clock.open)
    if clock.stopped:
        late = "late" if clock.late(now) else "in time"
        if clock.late(now) and clock.later and clock.stopped <= clock.later:
            late = "late by the earliest reading, in time by the later one"
        return f"done {blocks.moment(clock.stopped, clock.zone)}, {late} (its end was {end})"
    later = f"; counted later: {blocks.moment(clock.later, clock.zone, ago=True)}" if clock.later else ""
    return f"{'*ran out*' if clock.late(now) else 'ends'} {end}{later}"


def _ends(clock: Clock, now: datetime) -> str:
    """How an open clock stands at this moment, in plain words: for what is said once."""
    ends = shown(clock.due, clock.zone)
    later = f"; counted later, {shown(clock.later, clock.zone)}" if clock.later else ""
    left = clock.due - now
    return (
        f"ran out {_span(-left)} ago, at {ends}{later}"
        if left <= timedelta(0)
        else f"{_span(left)} left, until {ends}{later}"
    )


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def _counted(incident: Incident) -> list[tuple[str, str, list[Met]]]:
    """For each clause: how many of its items are answered, in words, and all of its items."""
    found = completeness(incident)
    by = [(ref, [met for met in found if met.requirement.ref == ref]) for ref in (ITQ, GDPR)]
    return [(ref, f"{sum(m.status == 'answered' for m in mine)} of {len(mine)} answered", mine) for ref, mine in by]


def _complete(incident: Incident) -> list[str]:
    said = []
    for ref, count, mine in _counted(incident):
        by = {s: [m.requirement.label for m in mine if m.status == s] for s in ("unknown", "missing")}
        text = f"*{ref}*: {count}"
        text += f"\nUnknown yet: {escape('; '.join(by['unknown']))}" if by["unknown"] else ""
        text += f"\nMissing: {escape('; '.join(by['missing']))}" if by["missing"] else ""
        said.append(text)
    return said


def _person(by: str) -> str:
    return f"<@{by}>" if by.startswith(("U", "W")) else escape(by)


def _short(value: object) -> str:
    words = ", ".join(value) if isinstance(value, list) else "nothing" if value is None else str(value)
    return escape(shorten(words, SHORT)).replace("\n", " ")

#!/usr/bin/env python3
"""Judges a finished replay of a labelled siege log, without a line of Rampart's code.

    deploy/verify/siege.py OUT_DIR EVENTS LABELS TRUTH [--click-stage NAME]...

OUT_DIR is what `rampart replay --out` wrote. EVENTS is the log that was replayed, one JSON object a line; LABELS
gives an `event_id` its `label` (`attack`, or anything else); TRUTH names the campaigns, their targets, and which of
them are `benign`. Files may be gzipped. The bars:

  refunds    each attacked merchant has a `bulk-refunds` alert at most 20 minutes after its first attack refund
  clicks     each attacked merchant has an alert of a click stage at most 5 minutes after its first attack click
  harmless   no merchant of a benign campaign has a `bulk-refunds` alert
  precision  at least 0.98 of the click cost in the ledger is that of attack clicks
  recall     at least 0.95 of the cost of all attack clicks is in the ledger

A delay runs from the event's `ts` to the `window_end` of the first alert that opens after it. Alerts at merchants
that nobody attacked are counted and not judged. Exit code 0 when every bar is met, 1 when one is missed, 2 when
the files cannot be judged.
"""

import argparse
import collections
import datetime
import gzip
import json
import pathlib
import sys

REFUND_MINUTES_MAX = 20
CLICK_MINUTES_MAX = 5
PRECISION_MIN = 0.98
RECALL_MIN = 0.95
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MILLISECOND = datetime.timedelta(milliseconds=1)


def rows(path):
    """The JSON objects of a file, one a line; broken lines are passed over, as they can carry no label."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as file:
        for line in file:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row


def milliseconds(text):
    """A moment in ISO 8601 as milliseconds since the epoch."""
    return (datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // MILLISECOND


class Events:
    """What the labelled log says: when attacks began, what their clicks cost, and who was busy on which day."""

    def __init__(self, path, labels):
        self.attack_start = {}
        self.click_cost = {}
        self.merchant_days = set()
        for event in rows(path):
            merchant, time, kind = event.get("merchant_id"), event.get("ts"), event.get("type")
            if type(time) is not int or not isinstance(merchant, str):
                continue
            self.merchant_days.add((merchant, time // 86_400_000))
            event_id = event.get("event_id")
            if labels.get(event_id) != "attack" or event_id in self.click_cost:
                continue
            self.attack_start[kind, merchant] = min(time, self.attack_start.get((kind, merchant), time))
            if kind == "click":
                self.click_cost[event_id] = event["cost"]


class Verdict:
    """Prints each finding, and remembers whether a bar was missed."""

    def __init__(self):
        self.failed = False

    def bar(self, met, text):
        """Reports one bar."""
        self.failed = self.failed or not met
        print(f"{'ok    ' if met else 'MISSED'}  {text}")

    def note(self, text):
        """Reports something that is not judged."""
        print(f"        {text}")


def judge_delay(verdict, name, merchant, start, openings, minutes_max):
    """Compares the first alert that opens after an attack began with the longest delay allowed."""
    if start is None:
        verdict.bar(False, f"{name} {merchant}: the log has no such event of an attack, so nothing can be judged")
        return
    after = [end for end in openings if end > start]
    if not after:
        verdict.bar(False, f"{name} {merchant}: no alert")
        return
    minutes = (min(after) - start) / 60_000
    verdict.bar(minutes <= minutes_max, f"{name} {merchant}: {minutes:.3f} minutes (at most {minutes_max})")


def judge_alerts(verdict, alerts, events, campaigns, click_stages):
    """Judges how soon attacks were seen, and what else was."""
    attacked, harmless = (
        sorted({target for campaign in campaigns if bool(campaign.get("benign")) == benign
                for target in campaign["targets"]})
        for benign in (False, True))
    first = {}
    for alert in alerts:
        if alert["alert_id"] not in first or alert["revision"] < first[alert["alert_id"]]["revision"]:
            first[alert["alert_id"]] = alert
    openings = collections.defaultdict(list)
    for alert in first.values():
        stage = "click" if alert["stage"] in click_stages else alert["stage"]
        openings[stage, alert["merchant_id"]].append(milliseconds(alert["window_end"]))
    for merchant in attacked:
        judge_delay(verdict, "refunds  ", merchant, events.attack_start.get(("refund", merchant)),
                    openings["bulk-refunds", merchant], REFUND_MINUTES_MAX)
        judge_delay(verdict, "clicks   ", merchant, events.attack_start.get(("click", merchant)),
                    openings["click", merchant], CLICK_MINUTES_MAX)
    for merchant in harmless:
        count = len(openings["bulk-refunds", merchant])
        verdict.bar(count == 0, f"harmless  {merchant}: {count} bulk-refunds alerts")
    days = sum(1 for merchant, _ in events.merchant_days if merchant not in attacked)
    others = collections.Counter(alert["stage"] for alert in first.values() if alert["merchant_id"] not in attacked)
    total = sum(others.values())
    verdict.note(f"alerts at other merchants: {total} in {days} merchant-days, {total / max(days, 1):.4f} a day"
                 f"{''.join(f'; {stage} {count}' for stage, count in sorted(others.items()))}")


def judge_credits(verdict, lines, events):
    """Judges whose clicks were credited, by cost."""
    credited = attack = 0
    states = collections.Counter()
    seen = set()
    for line in lines:
        if line["component"] != "click_cost":
            continue
        charge = (line["merchant_id"], line["charge_id"])
        if charge in seen:
            verdict.bar(False, f"charge {line['charge_id']} is credited twice")
        seen.add(charge)
        credited += line["amount_minor"]
        states[line["state"]] += line["amount_minor"]
        cost = events.click_cost.get(line["charge_id"])
        if cost is not None:
            attack += line["amount_minor"]
            if cost != line["amount_minor"]:
                verdict.bar(False, f"charge {line['charge_id']} cost {cost} and gives back {line['amount_minor']}")
    attacked = sum(events.click_cost.values())
    precision, recall = attack / max(credited, 1), attack / max(attacked, 1)
    verdict.bar(precision >= PRECISION_MIN,
                f"precision {precision:.4f} of {credited} credited (at least {PRECISION_MIN})")
    verdict.bar(recall >= RECALL_MIN, f"recall    {recall:.4f} of {attacked} attacked (at least {RECALL_MIN})")
    by_state = ", ".join(f"{state} {amount}" for state, amount in sorted(states.items()))
    verdict.note(f"credited by state: {by_state or 'nothing'}")


def main():
    """Reads the files, judges, and exits by the verdict."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    for name in ["out", "events", "labels", "truth"]:
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--click-stage", action="append", metavar="NAME",
                        help="a stage that credits clicks; by default every stage with `click` in its name")
    options = parser.parse_args()
    verdict = Verdict()
    try:
        labels = {row["event_id"]: row["label"] for row in rows(options.labels)}
        campaigns = json.loads(options.truth.read_text())["campaigns"]
        events = Events(options.events, labels)
        alerts = list(rows(options.out / "alerts.ndjson"))
        lines = list(rows(options.out / "credit-lines.ndjson"))
        stages = set(options.click_stage or (alert["stage"] for alert in alerts if "click" in alert["stage"]))
        judge_alerts(verdict, alerts, events, campaigns, stages)
        judge_credits(verdict, lines, events)
    except (OSError, EOFError, KeyError, TypeError, ValueError) as error:
        print(f"siege.py: cannot judge: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 1 if verdict.failed else 0


if __name__ == "__main__":
    sys.exit(main())

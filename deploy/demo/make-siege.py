#!/usr/bin/env python3
"""Writes the labelled log that the demonstration replays: three days of a small marketplace under two sieges.

    deploy/demo/make-siege.py [--seed N] [--out FOLDER] [--check]

The same seed gives the same bytes; `--check` writes nothing and says whether the folder holds just these. Every choice is drawn from `Random.random()`, the one method whose sequence
Python promises to keep, and the gzip header holds neither a time nor a name. Everybody in the log is made up,
and the addresses come from ranges that are reserved for documentation and benchmarks.

What is hidden in the log, and labelled as such:
  siege1, siege2  60 accounts on 3 merchants each: buy, refund within minutes, review with one star, and click
                  the dearest advertisement from 8 shared devices in 2 address blocks, for an hour
  flash1          a flash sale: as many orders and clicks in an hour, from as many buyers, and few refunds
  office          25 people who click and buy at lunch, each on a device of their own, behind one address
  also            copies, a contradiction, late events, an unknown type and broken records
"""

import argparse
import gzip
import json
import pathlib
import random
import sys

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = 1_768_176_000_000  # 2026-01-12T00:00:00Z, a Monday
END = START + 3 * DAY

MERCHANTS = [f"shop-{number:02}" for number in range(1, 41)]
SIEGES = [
    {"campaign": "siege1", "start": START + DAY + 20 * HOUR + 7 * MINUTE,
     "targets": ["shop-03", "shop-11", "shop-19"], "blocks": ["192.0.2", "203.0.113"]},
    {"campaign": "siege2", "start": START + 2 * DAY + 19 * HOUR + 32 * MINUTE,
     "targets": ["shop-05", "shop-08", "shop-27"], "blocks": ["198.51.100", "198.18.250"]},
]
SIEGE_ACCOUNTS = 60
SIEGE_CLICKS_PER_MERCHANT = 960
SIEGE_DEVICE_WEIGHTS = [22, 15, 13, 12, 11, 10, 9, 8]  # A shared device is shared unevenly.
FLASH = {"campaign": "flash1", "start": START + DAY + 12 * HOUR, "target": "shop-14"}
OFFICE_ADDRESS = "198.18.7.7"
# Visits in each hour of the day, in parts of the busiest.
RHYTHM = [20, 12, 8, 6, 5, 6, 12, 25, 45, 60, 70, 78, 85, 80, 70, 66, 66, 70, 78, 88, 100, 95, 70, 40]
PRAISE = ["Lovely, thank you", "As described", "Quick post, well packed", "My second one", "Good for the price"]
GRUMBLES = ["Smaller than I thought", "Box was dented"]
SMEARS = ["Fake, do not buy", "Broken, terrible seller", "Worst shop of the mall"]


class Chance:
    """Draws from one seeded sequence."""

    def __init__(self, seed):
        self.uniform = random.Random(seed).random

    def below(self, count):
        """A whole number from 0 up to, and not, `count`."""
        return int(self.uniform() * count)

    def between(self, low, high):
        """A whole number from `low` to `high`, both possible."""
        return low + self.below(high - low + 1)

    def happens(self, percent):
        """True in `percent` of 100 cases."""
        return self.uniform() * 100 < percent

    def one_of(self, things):
        """One of `things`, each as likely."""
        return things[self.below(len(things))]

    def weighted(self, weights):
        """An index, as likely as its weight."""
        rest = self.uniform() * sum(weights)
        for index, weight in enumerate(weights):
            rest -= weight
            if rest < 0:
                return index
        return len(weights) - 1

    def token(self, prefix):
        """A name that nobody else has."""
        return f"{prefix}{self.below(1 << 40):010x}"


class Log:
    """Collects events with their labels, and writes them in the order in which they arrive."""

    def __init__(self, chance):
        self.chance = chance
        self.rows = []
        self.orders = 0

    def add(self, kind, time, fields, label="benign", campaign=None, delay=None):
        """Adds an event; it arrives up to two seconds after it happened, or `delay` after."""
        arrival = time + (self.chance.below(2_000) if delay is None else delay)
        if START <= time and arrival < END:
            self.rows.append((arrival, len(self.rows), kind, time, fields, label, campaign))

    def buy(self, time, merchant, person, amount, **label):
        """Adds an order and returns its id."""
        self.orders += 1
        order = f"o-{self.orders:05}"
        self.add("order", time, {
            "merchant_id": merchant, "buyer_id": person["buyer_id"], "order_id": order, "amount": amount,
            "currency": "GBP", "ip": person["ip"], "device_id": person["device_id"]}, **label)
        return order

    def refund(self, time, merchant, person, order, amount, reason, **label):
        """Adds the refund of an order."""
        self.add("refund", time, {
            "merchant_id": merchant, "buyer_id": person["buyer_id"], "order_id": order, "amount": amount,
            "currency": "GBP", "reason": reason, "ip": person["ip"], "device_id": person["device_id"]}, **label)

    def review(self, time, merchant, person, order, rating, text, **label):
        """Adds a review of an order."""
        self.add("review", time, {
            "merchant_id": merchant, "buyer_id": person["buyer_id"], "order_id": order, "rating": rating,
            "text": text, "ip": person["ip"], "device_id": person["device_id"]}, **label)

    def click(self, time, ad, person, **label):
        """Adds a click on an advertisement."""
        self.add("click", time, {
            "merchant_id": ad["merchant_id"], "buyer_id": person["buyer_id"], "ad_id": ad["ad_id"],
            "cost": ad["cost"], "currency": "GBP", "ip": person["ip"], "device_id": person["device_id"]}, **label)

    def register(self, time, person, **label):
        """Adds the registration of an account."""
        self.add("registration", time, {
            "buyer_id": person["buyer_id"], "ip": person["ip"], "device_id": person["device_id"]}, **label)


def make_person(chance, address=None, device=None):
    """Somebody with an account, an address and a device."""
    return {
        "buyer_id": chance.token("u"),
        "ip": address or f"198.19.{chance.below(256)}.{chance.between(1, 254)}",
        "device_id": device or chance.token("d"),
    }


def make_ads(chance):
    """Two to four advertisements a merchant, each with its price of a click in pence."""
    return {
        merchant: [
            {"merchant_id": merchant, "ad_id": f"ad-{merchant}-{number}", "cost": chance.between(8, 45)}
            for number in range(1, chance.between(2, 4) + 1)
        ]
        for merchant in MERCHANTS
    }


def make_price(chance):
    """The amount of an order in pence: mostly small, now and then large."""
    return chance.between(300, 2_500) * (chance.between(2, 12) if chance.happens(12) else 1)


def visit(log, chance, time, ads, person):
    """One honest visit: perhaps through an advertisement, perhaps to an order, a review and a refund."""
    merchant = ads[0]["merchant_id"]
    if chance.happens(62):
        ad = chance.one_of(ads)
        for number in range(chance.weighted([60, 28, 9, 3]) + 1):
            log.click(time + number * chance.between(4_000, 90_000), ad, person)
    if not chance.happens(47):
        return
    bought = time + chance.between(40_000, 12 * MINUTE)
    amount = make_price(chance)
    order = log.buy(bought, merchant, person, amount)
    if chance.happens(26):
        text, rating = (chance.one_of(GRUMBLES), 3) if chance.happens(15) else (chance.one_of(PRAISE), 5)
        log.review(bought + chance.between(3 * HOUR, 40 * HOUR), merchant, person, order, rating, text)
    if chance.happens(3):
        log.refund(bought + chance.between(2 * HOUR, 44 * HOUR), merchant, person, order, amount, "changed my mind")


def add_background(log, chance, ads):
    """Three ordinary days: few merchants have most of the visits, and the evenings most of the hours."""
    people = [make_person(chance) for _ in range(900)]
    weights = [1_000 / (rank + 2) for rank in range(len(MERCHANTS))]
    for _ in range(2_700):
        time = START + chance.below(3) * DAY + chance.weighted(RHYTHM) * HOUR + chance.below(HOUR)
        merchant = MERCHANTS[(chance.weighted(weights) * 7 + 2) % len(MERCHANTS)]
        visit(log, chance, time, ads[merchant], chance.one_of(people))
    for person in people[:220]:
        log.register(START + chance.below(3 * DAY), person)


def add_office(log, chance, ads):
    """An office at lunch: one address, many devices, one popular advertisement, and nobody clicks it often."""
    staff = [make_person(chance, address=OFFICE_ADDRESS) for _ in range(25)]
    for day in range(3):
        for person in staff:
            time = START + day * DAY + 12 * HOUR + chance.below(90 * MINUTE)
            log.click(time, ads["shop-02"][0], person, label="office")
            if chance.happens(40):
                bought = time + chance.between(MINUTE, 9 * MINUTE)
                log.buy(bought, "shop-02", person, make_price(chance), label="office")


def add_flash_sale(log, chance, ads):
    """A flash sale: the crowd is as sudden as a siege, but distinct, and content."""
    label = {"label": "flash", "campaign": FLASH["campaign"]}
    for _ in range(240):
        person = make_person(chance)
        time = FLASH["start"] + int(chance.uniform() * chance.uniform() * HOUR)
        if chance.happens(30):
            log.register(time - chance.between(MINUTE, 5 * MINUTE), person, **label)
        for number in range(chance.between(1, 3)):
            log.click(time + number * chance.between(2_000, 20_000), ads[FLASH["target"]][0], person, **label)
        amount = 1_299
        order = log.buy(time + chance.between(30_000, 4 * MINUTE), FLASH["target"], person, amount, **label)
        if chance.happens(3):
            log.refund(time + chance.between(10 * MINUTE, 20 * HOUR), FLASH["target"], person, order, amount,
                       "ordered twice", **label)
        if chance.happens(12):
            log.review(time + chance.between(4 * HOUR, 20 * HOUR), FLASH["target"], person, order, 5,
                       chance.one_of(PRAISE), **label)


def add_siege(log, chance, ads, siege):
    """A siege: everybody buys twice at each target, refunds, smears, and clicks the dearest advertisement."""
    label = {"label": "attack", "campaign": siege["campaign"]}
    devices = [chance.token("d") for _ in SIEGE_DEVICE_WEIGHTS]
    accounts = [
        make_person(chance, address=f"{siege['blocks'][number % 2]}.{10 + number}",
                    device=devices[chance.weighted(SIEGE_DEVICE_WEIGHTS)])
        for number in range(SIEGE_ACCOUNTS)
    ]
    for person in accounts:
        log.register(siege["start"] - chance.between(5 * MINUTE, 40 * MINUTE), person, **label)
    for merchant in siege["targets"]:
        for person in accounts * 2:
            bought = siege["start"] + chance.below(42 * MINUTE)
            amount = make_price(chance)
            order = log.buy(bought, merchant, person, amount, **label)
            refunded = bought + chance.between(MINUTE, 6 * MINUTE)
            log.refund(refunded, merchant, person, order, amount, "not wanted", **label)
            log.review(refunded + chance.between(5_000, 3 * MINUTE), merchant, person, order, 1,
                       chance.one_of(SMEARS), **label)
        dearest = max(ads[merchant], key=lambda ad: ad["cost"])
        for _ in range(SIEGE_CLICKS_PER_MERCHANT):
            person = dict(chance.one_of(accounts), device_id=devices[chance.weighted(SIEGE_DEVICE_WEIGHTS)])
            log.click(siege["start"] + chance.below(HOUR), dearest, person, **label)


def add_late_events(log, chance, ads):
    """Events that arrive too late to be counted: two clicks of a siege, which may still be credited, and an order."""
    siege = SIEGES[0]
    clicks = [row for row in log.rows if row[2] == "click" and row[6] == siege["campaign"]]
    for _ in range(2):
        like = chance.one_of([row for row in clicks if row[3] > siege["start"] + 30 * MINUTE])
        log.add("click", like[3] + 1, like[4], label="attack", campaign=siege["campaign"], delay=90_000)
    person = make_person(chance)
    order = {"merchant_id": "shop-02", "buyer_id": person["buyer_id"], "order_id": "o-late", "amount": 1_850,
             "currency": "GBP", "ip": person["ip"], "device_id": person["device_id"]}
    log.add("order", START + DAY + 11 * HOUR, order, delay=3 * MINUTE)


def compact(value):
    """One line of JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def make_lines(log):
    """The log's lines in order of arrival with their times, and the labels in the same order."""
    lines, labels = [], []
    rows = sorted(log.rows, key=lambda row: row[:2])
    for number, (arrival, _, kind, time, fields, label, campaign) in enumerate(rows):
        event_id = f"ev-{number:06}"
        lines.append((arrival, {"type": kind, "event_id": event_id, "ts": time, **fields}))
        named = {"campaign": campaign} if campaign else {}
        labels.append({"event_id": event_id, "label": label, "role": kind, **named})
    return lines, labels


def add_hostile_records(chance, lines):
    """The bytes of the log, with copies, a contradiction, an unknown type and broken records among the rest."""
    text = [compact(event) for _, event in lines]
    quiet = [index for index, (arrival, event) in enumerate(lines)
             if event["type"] == "order" and START + 6 * HOUR < arrival < START + DAY]
    extra = {}

    def after(index, event):
        extra.setdefault(index, []).append(event if isinstance(event, bytes) else compact(event))

    def order_at(index, **changes):
        return {**lines[index][1], "event_id": f"ev-x{index:05}", **changes}

    for _ in range(8):
        index = chance.below(len(lines))
        after(index, text[index])
    index = chance.one_of(quiet)
    after(index, {**lines[index][1], "amount": lines[index][1]["amount"] + 100})
    index = chance.one_of(quiet)
    after(index, {"type": "wishlist", "event_id": "ev-w00001", "ts": lines[index][1]["ts"], "merchant_id": "shop-02"})
    for changes in [{"amount": 12.5}, {"amount": -700}, {"currency": "gbp"}, {"merchant_id": None},
                    {"ts": "yesterday"}, {"ts": 5_680_281_600_000}]:
        index = chance.one_of(quiet)
        after(index, order_at(index, **changes))
    index = chance.one_of(quiet)
    after(index, text[index][:60])
    index = chance.one_of(quiet)
    after(index, compact(order_at(index)).replace(b"shop-", b"sh\xffp-"))
    return [line for index, own in enumerate(text) for line in [own, *extra.get(index, [])]]


def make_truth(seed, labels):
    """What was hidden where, for the checker."""
    counts = {}
    for label in labels:
        name = f"{label['label']}/{label['role']}"
        counts[name] = counts.get(name, 0) + 1
    campaigns = [
        {"campaign": siege["campaign"], "start": siege["start"], "end": siege["start"] + HOUR,
         "targets": siege["targets"], "devices": len(SIEGE_DEVICE_WEIGHTS), "ip_blocks": len(siege["blocks"])}
        for siege in SIEGES
    ]
    campaigns.append({"campaign": FLASH["campaign"], "start": FLASH["start"], "end": FLASH["start"] + HOUR,
                      "targets": [FLASH["target"]], "benign": True})
    return {"source": "make-siege.py", "seed": seed, "campaigns": campaigns, "counts": dict(sorted(counts.items()))}


def make_files(seed):
    """The three files by name, not yet packed."""
    chance = Chance(seed)
    log = Log(chance)
    ads = make_ads(chance)
    add_background(log, chance, ads)
    add_office(log, chance, ads)
    add_flash_sale(log, chance, ads)
    for siege in SIEGES:
        add_siege(log, chance, ads, siege)
    add_late_events(log, chance, ads)
    lines, labels = make_lines(log)
    return {
        "siege.ndjson.gz": b"".join(line + b"\n" for line in add_hostile_records(chance, lines)),
        "siege-labels.ndjson.gz": b"".join(compact(label) + b"\n" for label in labels),
        "truth.json": json.dumps(make_truth(seed, labels), indent=1).encode() + b"\n",
    }


def is_packed(path):
    """Whether a file holds its content as gzip."""
    return path.suffix == ".gz"


def write(path, content):
    """Writes a file; a packed one has no time and no name in its header."""
    if is_packed(path):
        with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(content)
    else:
        path.write_bytes(content)


def holds(path, content):
    """Whether a file holds the content, however it was packed."""
    with (gzip.open if is_packed(path) else open)(path, "rb") as file:
        return file.read() == content


def main():
    """Makes or checks the three files."""
    parser = argparse.ArgumentParser(description="Writes the labelled log that the demonstration replays.")
    parser.add_argument("--seed", type=int, default=2011)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file differs")
    options = parser.parse_args()
    files = {options.out / name: content for name, content in make_files(options.seed).items()}
    if options.check:
        different = [str(path) for path, content in files.items() if not holds(path, content)]
        sys.exit("".join(f"{path} differs from what seed {options.seed} gives\n" for path in different) or None)
    options.out.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        write(path, content)


if __name__ == "__main__":
    main()

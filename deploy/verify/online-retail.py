#!/usr/bin/env python3
"""Counts a folder of Online Retail CSV files without Rampart, to compare with a run's summary.json."""
import collections, csv, decimal, gzip, json, pathlib, sys

counts, pence, dead = collections.Counter(), collections.Counter(order=0, refund=0), collections.Counter()
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv*")):
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counts["rows"] += 1
            kind = "refund" if row["InvoiceNo"].startswith("C") else "order"
            quantity = int(row["Quantity"]) * (-1 if kind == "refund" else 1)
            price = decimal.Decimal(row["UnitPrice"]) * 100
            if quantity < 0 or price < 0:
                dead["negative_money"] += 1
            elif price != int(price):
                dead["too_many_decimals"] += 1
            else:
                counts[kind + "s"] += 1
                pence[kind] += quantity * int(price)
print(json.dumps({**counts, "dead_letters": dead, "pence": pence}, indent=1))

#!/usr/bin/env python3
"""Lists the records of a recorded log as NDJSON without Rampart, as docs/RECORDED_LOG.md describes the format.

usage: recorded-log.py FOLDER [TOPIC PARTITION [OFFSET]]
Keys, values and header values are in Base64. Exits 1 at what is damaged, after the records before it.
"""
import base64, json, pathlib, struct, sys, zlib

START = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H2sH", 56, b"RL", 52)
HEADER = struct.Struct("<Q4I3qI")
KINDS = [None, "create", "append"]


class Damage(Exception):
    pass


DAMAGE = (Damage, struct.error, IndexError)  # the last two: a record that does not fit its block, an unknown kind


def blocks(data, topic, partition):
    """Yields the covered offsets and the payload of each whole block."""
    position, number, end, latest = 0, 0, 0, -(2**63)
    while position < len(data):
        head = data[position + 16 : position + 68]
        if data[position : position + 16] != START or len(head) < 52:
            raise Damage(f"no block at byte {position}")
        at, count, member, size, records, lower, upper, time, check = HEADER.unpack(head)
        owner = topic.encode() + struct.pack("<I", partition)
        if check != zlib.crc32(owner + head[:48]) or (at, count) != (position, number) or member > len(data) - position:
            raise Damage(f"no block at byte {position}")
        if lower < end or upper < lower or time < latest:
            raise Damage(f"the block at byte {position} does not go on from the one before")
        inflater = zlib.decompressobj(31)  # checks gzip's own CRC-32 and length
        try:
            payload = inflater.decompress(data[position : position + member], size + 1)
        except zlib.error as error:
            raise Damage(f"the block at byte {position}: {error}")
        if len(payload) != size or not inflater.eof or inflater.unused_data:
            raise Damage(f"the block at byte {position} does not have the bytes that it says")
        yield range(lower, upper), records, payload
        position, number, end, latest = position + member, number + 1, upper, time


def records(covered, count, payload):
    place = 0

    def take(layout):
        nonlocal place
        values = struct.unpack_from(layout, payload, place)
        place += struct.calcsize(layout)
        return values

    def text():
        (length,) = take("<i")
        return None if length < 0 else take(f"<{length}s")[0]

    def encoded():
        value = text()
        return None if value is None else base64.b64encode(value).decode()

    for _ in range(count):
        offset, kind, timestamp = take("<qBq")
        record = {"offset": offset, "timestamp": timestamp if kind else None, "timestamp_kind": KINDS[kind]}
        record |= {"key": encoded(), "value": encoded()}
        record["headers"] = [[text().decode(), encoded()] for _ in range(take("<I")[0])]
        if offset not in covered:
            raise Damage(f"offset {offset} out of order")
        covered = range(offset + 1, covered.stop)
        yield record
    if place != len(payload):
        raise Damage("bytes after the last record of a block")


def main(folder, topic=None, partition=None, first=0):
    manifest = json.loads((folder / "recorded-log.json").read_text())
    if (manifest["format"], manifest["version"]) != ("rampart-recorded-log", 1):
        raise Damage("not a recorded log of version 1")
    for entry in manifest["partitions"]:
        if topic is not None and (entry["topic"], entry["partition"]) != (topic, int(partition)):
            continue
        name = {"topic": entry["topic"], "partition": entry["partition"]}
        path = folder / "topics" / entry["topic"] / f"{entry['partition']}.records.gz"
        end = entry["start"]
        try:
            for covered, count, payload in blocks(path.read_bytes() if path.exists() else b"", **name):
                for record in list(records(covered, count, payload)):
                    if record["offset"] >= int(first):
                        print(json.dumps(name | record))
                end = covered.stop
        except DAMAGE as damage:
            print(f"{path}: {damage}", file=sys.stderr)  # a torn tail, unless something behind it was promised
        if end < entry["end"]:
            raise Damage(f"{path}: the offsets from {end} to {entry['end']} are lost")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 5 or len(sys.argv) == 3:
        sys.exit(__doc__)
    try:
        main(pathlib.Path(sys.argv[1]), *sys.argv[2:])
    except Damage as damage:
        sys.exit(str(damage))

#!/usr/bin/env python3
"""Prints what committed transactions wrote to a topic, and what the broker makes its readers believe that they wrote.

usage: committed-rows.py HOST:PORT TOPIC PARTITIONS
One line of JSON for each record: partition, offset, value, whether it is committed by the marker that ends its
transaction in the log, and whether a reader of committed records is shown it, who goes by the list of aborted
transactions that the broker sends along. On a broker without defects the two are the same.
It speaks the protocol itself (Fetch, version 4; record batches, version 2) and shares nothing with any client.
"""
import json, socket, struct, sys

READ_COMMITTED, READ_UNCOMMITTED = 1, 0
TRANSACTIONAL, CONTROL = 0x10, 0x20


class Wire:
    """Takes numbers and strings off the front of some bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        values = struct.unpack_from(">" + layout, self.data, self.at)
        self.at += struct.calcsize(">" + layout)
        return values if len(values) > 1 else values[0]

    def bytes(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def string(self):
        return self.bytes(self.take("h")).decode()

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take("B")
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)
            shift += 7

    def varbytes(self):
        count = self.varint()
        return None if count < 0 else self.bytes(count)


def receive(connection, count):
    data = bytearray()
    while len(data) < count:
        part = connection.recv(min(1 << 20, count - len(data)))
        if not part:
            sys.exit("committed-rows.py: the broker hung up")
        data += part
    return bytes(data)


def fetch(connection, topic, partition, offset, isolation):
    """One answer of the broker: the aborted transactions that it names, and the bytes of the batches."""
    name = topic.encode()
    body = struct.pack(">hhih4s", 1, 4, 1, 4, b"rows")  # Fetch, version, correlation, client
    body += struct.pack(">iiiibi", -1, 100, 0, 2**31 - 1, isolation, 1)
    body += struct.pack(f">h{len(name)}si", len(name), name, 1)
    body += struct.pack(">iqi", partition, offset, 2**31 - 1)
    connection.sendall(struct.pack(">i", len(body)) + body)
    wire = Wire(receive(connection, struct.unpack(">i", receive(connection, 4))[0]))
    wire.take("iii")  # correlation, throttle, topics
    wire.string()
    _, _, error, _, _ = wire.take("iihqq")
    if error:
        sys.exit(f"committed-rows.py: {topic}[{partition}] from {offset}: error {error}")
    aborted = [wire.take("qq") for _ in range(max(0, wire.take("i")))]
    return aborted, wire.bytes(max(0, wire.take("i")))


def batches(data):
    """Yields the base offset, producer, attributes and records (offset, key, value) of each whole batch."""
    place = 0
    while place + 12 <= len(data):
        base, length = struct.unpack_from(">qi", data, place)
        if place + 12 + length > len(data):
            return
        wire = Wire(data[place + 12 : place + 12 + length])
        place += 12 + length
        _, magic, _, attributes, _, _, _, producer, _, _, count = wire.take("iBIhiqqqhii")
        if magic != 2 or attributes & 7:
            sys.exit("committed-rows.py: only batches of version 2 without compression are read")
        records = []
        for _ in range(count):
            wire.varint()
            wire.take("b")
            wire.varint()
            offset = base + wire.varint()
            records.append((offset, wire.varbytes(), wire.varbytes()))
            for _ in range(wire.varint()):
                wire.varbytes(), wire.varbytes()
        yield base, producer, attributes, records


def whole_log(connection, topic, partition):
    log, offset = [], 0
    while True:
        _, data = fetch(connection, topic, partition, offset, READ_UNCOMMITTED)
        found = [batch for batch in batches(data) if batch[3] and batch[3][-1][0] >= offset]
        if not found:
            return log
        log += found
        offset = found[-1][3][-1][0] + 1


def is_abort(records):
    return struct.unpack_from(">hh", records[0][1])[1] == 0


def committed(log):
    """The offsets whose transaction ends with a marker of a commit, or which are in none."""
    open_offsets, offsets = {}, set()
    for _, producer, attributes, records in log:
        if attributes & CONTROL:
            ended = open_offsets.pop(producer, [])
            if not is_abort(records):
                offsets.update(ended)
        elif attributes & TRANSACTIONAL:
            open_offsets.setdefault(producer, []).extend(offset for offset, _, _ in records)
        else:
            offsets.update(offset for offset, _, _ in records)
    return offsets


def shown(connection, topic, partition):
    """The offsets that are left when a reader drops what the broker's list of aborted transactions says."""
    offsets, offset = set(), 0
    while True:
        aborted, data = fetch(connection, topic, partition, offset, READ_COMMITTED)
        found = [batch for batch in batches(data) if batch[3] and batch[3][-1][0] >= offset]
        if not found:
            return offsets
        begins = {}
        for producer, first in sorted(aborted, key=lambda entry: entry[1]):
            begins.setdefault(producer, []).append(first)
        for base, producer, attributes, records in found:
            mine = begins.get(producer, [])
            if attributes & CONTROL:
                # Note: a client takes the marker for the end of the first transaction that is still in its list.
                if is_abort(records) and mine and mine[0] <= base:
                    mine.pop(0)
            elif not (attributes & TRANSACTIONAL and mine and mine[0] <= base):
                offsets.update(offset for offset, _, _ in records)
        offset = found[-1][3][-1][0] + 1


def main(address, topic, partitions):
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        for partition in range(int(partitions)):
            log = whole_log(connection, topic, partition)
            ended, seen = committed(log), shown(connection, topic, partition)
            for _, _, attributes, records in log:
                if attributes & CONTROL:
                    continue
                for offset, _, value in records:
                    row = {"partition": partition, "offset": offset, "value": value and value.decode("utf-8", "replace")}
                    print(json.dumps(row | {"committed": offset in ended, "shown": offset in seen}))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

"""A robot in another language, written from the protocol's text alone. Prints what it was told, one JSON per line."""

import asyncio
import json
import sys

import websockets


async def told(socket, kind):
    """The next message of a kind; others are printed and passed over."""
    while True:
        message = json.loads(await asyncio.wait_for(socket.recv(), 30))
        print(json.dumps(message), flush=True)
        if message["type"] == kind:
            return message


async def acknowledged(socket, seq):
    while (await told(socket, "ack"))["seq"] < seq:
        pass


async def main(url):
    address = url + "/ws/foreign_001?session=python"
    async with websockets.connect(address, subprotocols=["fleet.v1"]) as socket:
        assert socket.subprotocol == "fleet.v1", socket.subprotocol
        welcome = await told(socket, "welcome")
        assert welcome["last_seq"] is None and "missing" not in welcome, welcome

        reading = {"cpu_usage": 45.2, "battery_level": None}
        sample = {"seq": 1, "recorded_at": 1703001234.56, "metrics": reading, "attributes": {"mode": "auto"}}
        await socket.send(json.dumps({"type": "telemetry", **sample}))
        await acknowledged(socket, 1)

        # Binary frames of the same JSON are as good.
        await socket.send(json.dumps({"type": "telemetry", "seq": 2, "metrics": {"cpu_usage": 1}}).encode())
        await acknowledged(socket, 2)

        await socket.send(json.dumps({"type": "telemetry", "seq": 3, "metrics": {"cpu_usage": "hot"}}))
        error = await told(socket, "error")
        assert error["code"] == "invalid_message" and error["seq"] == 3, error
        assert error["path"] == "metrics.cpu_usage", error

        await socket.send("not json")
        assert (await told(socket, "error"))["code"] == "invalid_json"
        await socket.send('{"type":"dance"}')
        assert (await told(socket, "error"))["code"] == "unknown_type"

        # The numbers 4 to 6 do not come now: a gap.
        await socket.send(json.dumps({"type": "telemetry", "seq": 7, "metrics": {"cpu_usage": 7}}))
        ack = await told(socket, "ack")
        while ack["seq"] < 7:
            ack = await told(socket, "ack")
        assert ack["missing"] == [[4, 6]], ack

    async with websockets.connect(address) as socket:
        assert socket.subprotocol is None, socket.subprotocol
        welcome = await told(socket, "welcome")
        assert welcome["last_seq"] == 7 and welcome["missing"] == [[4, 6]], welcome
        backlog = [{"seq": seq, "metrics": {"cpu_usage": seq}} for seq in (4, 5, 6, 7, 8, 9)]
        await socket.send(json.dumps({"type": "telemetry_batch", "samples": backlog}))
        ack = await told(socket, "ack")
        while ack["seq"] < 9 or "missing" in ack:
            ack = await told(socket, "ack")
    print("done", flush=True)


asyncio.run(main(sys.argv[1]))

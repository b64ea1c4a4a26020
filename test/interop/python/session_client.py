"""A session made with examples/python/ropeway.py. Commands come as lines of JSON, what happens is printed as such.

Commands: {"send": text}, {"sendNumbered": count}, {"close": true}. Records: {"opened": true}, {"message": text} or
{"bytes": length, "crc": checksum, "text": whether}, {"gap": {"sent": [first, last], "received": [first, last]}},
{"ended": null or {"code", "reason"}}.
"""

import asyncio
import json
import sys
import zlib

from ropeway import SessionEnded, connect


def say(**fields):
    print(json.dumps(fields), flush=True)


def say_gap(gap):
    sent, received = ([numbers.start, numbers.stop - 1] for numbers in (gap.sent, gap.received))
    say(gap={"sent": sent, "received": received})


def numbered(number):
    """The same as in numbered-message.ts."""
    size = 102_400 if number % 20 == 0 else number % 200
    if number % 3 == 0:
        return f"{number} ".encode() + bytes([number % 251]) * size
    return f"{number} " + "aß€😀" * (size // 10)


def describe(message):
    raw = message.encode() if isinstance(message, str) else message
    return {"bytes": len(raw), "crc": zlib.crc32(raw), "text": isinstance(message, str)}


async def follow_commands(connection):
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = json.loads(line)
        if "send" in command:
            await connection.send(command["send"])
        for number in range(1, command.get("sendNumbered", 0) + 1):
            await connection.send(numbered(number))
        if "close" in command:
            connection.close()


async def main(url, options):
    async with connect(url, on_gap=say_gap, **options) as connection:
        say(opened=True)
        following = asyncio.create_task(follow_commands(connection))
        async for message in connection:
            is_numbered = isinstance(message, bytes) or message[:1].isdigit()
            say(**describe(message) if is_numbered else {"message": message})
        following.cancel()


try:
    asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
    say(ended=None)
except SessionEnded as end:
    say(ended={"code": end.code, "reason": end.reason})

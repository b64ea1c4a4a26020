"""Sends what it reads, line by line, and prints what comes back: python3 echo.py [URL]"""

import asyncio
import sys

from ropeway import Gap, SessionEnded, connect


def report(gap: Gap) -> None:
    print(f"Unknown: {len(gap.sent)} messages sent, at most {len(gap.received)} to be received", file=sys.stderr)


async def main(url: str) -> None:
    async with connect(url, on_gap=report) as connection:
        async def send_lines() -> None:
            while line := await asyncio.to_thread(sys.stdin.readline):
                await connection.send(line.removesuffix("\n"))
            connection.close()

        sending = asyncio.create_task(send_lines())
        async for message in connection:
            print(message)
        await sending


try:
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "ws://localhost:8080/ropeway"))
except SessionEnded as end:
    sys.exit(f"The session ended: {end}")

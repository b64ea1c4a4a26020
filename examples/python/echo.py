"""Sends ten numbers and prints what comes back, whatever the network does: python3 echo.py [URL [PAUSE_IN_SECONDS]]"""

import asyncio
import sys

from ropeway import Connection, Gap, SessionEnded, connect


def report(gap: Gap) -> None:
    print("The server knows nothing of us any more. Sent with an unknown fate:", list(gap.sent), file=sys.stderr)


async def count(connection: Connection, pause_s: float) -> None:
    for number in range(1, 11):
        await connection.send(f"{number}")
        await asyncio.sleep(pause_s)
    connection.close()


async def main(url: str = "ws://localhost:8080/ropeway", pause: str = "1") -> None:
    async with connect(url, on_gap=report) as connection:
        counting = asyncio.create_task(count(connection, float(pause)))
        async for message in connection:
            print(message)
        await counting


try:
    asyncio.run(main(*sys.argv[1:]))
except SessionEnded as end:
    sys.exit(f"The session has ended: {end}")

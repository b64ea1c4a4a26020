"""A client made with Python's websockets: does the task given as JSON and prints what it saw as JSON.

The task's fields are those of client-task.ts.
"""

import asyncio
import json
import ssl
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory


def in_fragments(message, count):
    size = max(1, -(-len(message) // count))
    return [message[start : start + size] for start in range(0, len(message), size)] or [message]


async def do_task(socket, task):
    report = {}
    if "ping" in task:
        pong = await socket.ping(task["ping"])
        await pong
        # The library resolves a ping only when a pong with the same payload came.
        report["pong"] = task["ping"]
    if "close" in task:
        await socket.close(task["close"].get("code", 1000), task["close"].get("reason", ""))
    try:
        async for message in socket:
            await socket.send(in_fragments(message, task["fragments"]) if "fragments" in task else message)
    except websockets.ConnectionClosed:
        await socket.wait_closed()
    return report


async def main(url, task):
    options = {"max_size": None, "ping_interval": None, "compression": None}
    # Offers everything and leaves the choice to the server.
    options["extensions"] = [ClientPerMessageDeflateFactory(client_max_window_bits=True)]
    if "protocols" in task:
        options["subprotocols"] = task["protocols"]
    if "ca" in task:
        options["ssl"] = ssl.create_default_context(cadata=task["ca"])
    try:
        socket = await websockets.connect(url, **options)
    except websockets.InvalidStatusCode as refusal:
        return {"opened": False, "protocol": "", "extensions": "", "code": 1006, "reason": str(refusal)}
    report = await do_task(socket, task)
    return {
        **report,
        "opened": True,
        "protocol": socket.subprotocol or "",
        "extensions": socket.response_headers.get("Sec-WebSocket-Extensions", ""),
        "code": socket.close_code,
        "reason": socket.close_reason,
    }


print(json.dumps(asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))))

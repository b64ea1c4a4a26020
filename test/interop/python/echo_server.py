"""A server made with Python's websockets, for our client. Prints a line of JSON when it listens and at each end.

The path of a connection says what is done with it: see peer-server.ts. Its options come as JSON: "compression" (whether
and how to compress), "cert" and "key" (files).
"""

import asyncio
import json
import ssl
import sys

import websockets
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

FACTORIES = {
    "off": [],
    "each message by itself": [
        ServerPerMessageDeflateFactory(server_no_context_takeover=True, client_no_context_takeover=True)
    ],
    "context takeover": [ServerPerMessageDeflateFactory()],
    "small windows": [ServerPerMessageDeflateFactory(server_max_window_bits=10, client_max_window_bits=9)],
}


def say(**fields):
    print(json.dumps(fields), flush=True)


def in_fragments(message, count=7):
    size = max(1, -(-len(message) // count))
    return [message[start : start + size] for start in range(0, len(message), size)] or [message]


async def handle(socket):
    if socket.path == "/close":
        await socket.close(4321, "Ende – 終")
    if socket.path == "/ping":
        await (await socket.ping("and you?"))
        await socket.send("pong: and you?")
    try:
        async for message in socket:
            await socket.send(in_fragments(message) if socket.path == "/fragments" else message)
    except websockets.ConnectionClosed:
        pass
    await socket.wait_closed()
    say(code=socket.close_code, reason=socket.close_reason)


async def main(options):
    context = None
    if "cert" in options:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["cert"], options["key"])
    server = await websockets.serve(
        handle,
        "127.0.0.1",
        0,
        ssl=context,
        compression=None,
        extensions=FACTORIES[options["compression"]],
        subprotocols=["chat.v2", "chat.v1"],
        max_size=None,
        ping_interval=None,
    )
    say(port=server.sockets[0].getsockname()[1])
    await asyncio.get_running_loop().create_future()


asyncio.run(main(json.loads(sys.argv[1])))

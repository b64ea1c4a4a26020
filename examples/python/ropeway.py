"""A client for the session protocol `ropeway.1`, see ../../PROTOCOL.md.

    async with connect("ws://localhost:8080/ropeway") as connection:
        await connection.send("hello")
        async for message in connection:
            print(message)

What `send` accepted is handled by the server once and in order, over any number of links, or lies in a `Gap` that is
reported. Only stream 0 is here: the client tells the server that it may name no others.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import websockets

import frames
from directions import MESSAGE_BYTES_MAX, POSITION, WINDOW, Delivery, Incoming, Message, Misuse, Outgoing

SUBPROTOCOL = "ropeway.1"
SOCKET_MESSAGE_BYTES_MAX = 131_072
ACK_DELAY_S = 0.05
ATTACH_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 1.0


class SessionEnded(Exception):
    """The session is over and does not go on by itself. `code` is one of PROTOCOL.md, or an HTTP status."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason


@dataclass(frozen=True)
class Gap:
    """Messages whose fate is unknown, as the session was lost.

    `sent` counts what `send` accepted from the first on. `received` has the numbers that the server may have used in the
    session that was lost; most of them it will not have used.
    """

    sent: range
    received: range


class LinkLost(Exception):
    """The link is over; another one is tried."""

    def __init__(self, reason: str, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Link:
    """A WebSocket, and what was said on it that has to be said again on the next one."""

    def __init__(self, socket: websockets.WebSocketClientProtocol) -> None:
        self.socket = socket
        self.said: set[str] = set()
        self.wants_ping = self.is_probed = self.is_finished = False

    async def say(self, word: str, **fields: Any) -> None:
        await self.socket.send(frames.control(word, **fields))

    async def end(self, code: int, reason: str) -> None:
        try:
            await asyncio.wait_for(self.say("end", code=code, reason=reason), CLOSE_TIMEOUT_S)
            await self.socket.close(code, reason)
        except (OSError, asyncio.TimeoutError, websockets.WebSocketException):
            pass


class Connection:
    """A session with a server. Made by `connect`, used by `async with`."""

    def __init__(
        self,
        url: str,
        *,
        token: str | Callable[[], str] | None = None,
        protocols: list[str] | None = None,
        on_gap: Callable[[Gap], None] | None = None,
        buffered_bytes_max: int = 1_048_576,
        heartbeat_s: float = 20.0,
        retry_delay_s: tuple[float, float] = (0.5, 30.0),
    ) -> None:
        self.protocol = ""
        self._url, self._token, self._protocols, self._on_gap = url, token, protocols or [], on_gap
        self._buffered_bytes_max, self._heartbeat_s, self._retry_delay_s = buffered_bytes_max, heartbeat_s, retry_delay_s
        self._outgoing, self._incoming = Outgoing(), Incoming()
        self._deliveries: deque[Delivery] = deque()
        self._current: Delivery | None = None
        self._session = self._secret = self._nonce = ""
        self._link_epoch = self._attempts = 0
        self._message_bytes_max = 0
        self._close: tuple[int, str] | None = None
        self._close_received: tuple[int, str] | None = None
        self._is_draining = self._is_over = False
        self._failure: BaseException | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self._send_lock = asyncio.Lock()
        self._news_since: float | None = None

    async def __aenter__(self) -> Connection:
        self._task = asyncio.create_task(self._run())
        try:
            await self._until(lambda: self._session != "")
        except BaseException:
            await self._cut()
            raise
        return self

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        """Closes the session after what was sent, and drops what still comes. After an exception the link is cut instead."""
        try:
            if kind is None:
                self.close()
                async for _ in self:
                    pass
        finally:
            await self._cut()

    async def _cut(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def send(self, data: str | bytes) -> None:
        """Returns when the message is accepted: waits while too much waits already.

        Raises ValueError for one that is too long for the server, SessionEnded when the session is closed.
        """
        message = Message(data.encode(), True) if isinstance(data, str) else Message(bytes(data), False)
        if len(message.payload) > self._message_bytes_max:
            raise ValueError(f"The message has {len(message.payload)} bytes, the limit is {self._message_bytes_max}")
        async with self._send_lock:
            await self._until(lambda: self._close or self._outgoing.buffered_bytes < self._buffered_bytes_max)
            if self._is_over or self._close:
                raise SessionEnded(*(self._close or (1000, "")))
            self._outgoing.add(message)
            self._notify()

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Ends the session after what was sent. Iteration goes on until the server has ended its side, too."""
        self._close = self._close or (code, reason)
        self._notify()

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        return self

    async def __anext__(self) -> str | bytes:
        """The next message. Asking for it says that the one before is handled."""
        if self._current is not None:
            self._current.finish()
            self._current = None
            self._settle()
        await self._until(lambda: self._deliveries)
        if not self._deliveries:
            raise StopAsyncIteration
        self._current = self._deliveries.popleft()
        self._current.start()
        self._notify()
        return self._current.message  # type: ignore[return-value]

    # Waiting and waking

    async def _until(self, holds: Callable[[], Any]) -> None:
        """Waits until it holds or the session is over; raises what ended it."""
        while not holds() and not self._is_over:
            await self._changed()
        if not holds() and self._failure is not None:
            raise self._failure

    async def _changed(self, timeout_s: float | None = None) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await asyncio.wait([waiter], timeout=timeout_s)

    def _notify(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    def _settle(self) -> None:
        """Skipped messages are handled as soon as those before them are."""
        while self._current is None and self._deliveries and self._deliveries[0].message is None:
            self._deliveries.popleft().finish()
        self._notify()

    # Links

    async def _run(self) -> None:
        """One link after another, until the session is over."""
        try:
            while not self._is_over:
                pause_s = await self._try_link()
                first_s, longest_s = self._retry_delay_s
                if not self._is_over:
                    await asyncio.sleep(pause_s + random.uniform(0, min(longest_s, first_s * 2 ** min(self._attempts, 16))))
                self._attempts += 1
        except asyncio.CancelledError:
            self._failure = SessionEnded(1006, "The connection was cut")
        except Exception as failure:
            self._failure = failure
            if self._session:
                self._report_gap(is_last=True)
        finally:
            self._is_over = True
            self._notify()

    async def _try_link(self) -> float:
        """Uses a link until it is lost, and gives the seconds for which the server wants to be left alone."""
        try:
            await self._use_link()
        except LinkLost as lost:
            return lost.retry_after_s
        except websockets.InvalidStatusCode as refusal:
            if not self._session and 400 <= refusal.status_code < 500 and refusal.status_code not in (408, 425, 429):
                raise SessionEnded(refusal.status_code, "The server refused the WebSocket") from refusal
        except websockets.ConnectionClosed as closed:
            if closed.rcvd is not None and 3500 < closed.rcvd.code <= 3999:
                raise SessionEnded(closed.rcvd.code, closed.rcvd.reason) from closed
        except (OSError, asyncio.TimeoutError, websockets.WebSocketException):
            pass
        return 0.0

    async def _use_link(self) -> None:
        socket = await websockets.connect(
            self._url,
            subprotocols=[websockets.Subprotocol(SUBPROTOCOL)],
            compression=None,
            max_size=SOCKET_MESSAGE_BYTES_MAX,
            ping_interval=None,
            open_timeout=ATTACH_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
        )
        link = Link(socket)
        try:
            if socket.subprotocol != SUBPROTOCOL:
                raise SessionEnded(1002, f"The server does not speak {SUBPROTOCOL}")
            await asyncio.wait_for(self._attach(link), ATTACH_TIMEOUT_S)
            if self._session and not self._is_over:
                self._attempts = 0
                await self._carry(link)
        except Misuse as misuse:
            await link.end(misuse.code, str(misuse))
            raise SessionEnded(misuse.code, str(misuse)) from misuse
        finally:
            if link.is_finished:
                await socket.close()
            socket.transport.abort()

    async def _attach(self, link: Link) -> None:
        """Resumes the session, or opens one."""
        _, rest = await self._hear(link, "hello")
        frames.members(rest, messageBytesMax=int, streamsMax=int, suspendedMsMax=int)
        self._is_draining = False
        if self._session:
            await self._resume(link)
        if not self._session and not self._is_over:
            await self._open(link)
        self._notify()

    async def _open(self, link: Link) -> None:
        if not self._nonce:
            self._nonce, self._link_epoch = secrets.token_urlsafe(16), 0
        fields = {"nonce": self._nonce, "protocols": self._protocols, "messageBytesMax": MESSAGE_BYTES_MAX}
        windows = {"window": WINDOW, "streamWindow": [1, 1]}
        await self._say_epoch(link, "open", **fields, streamsMax=0, **windows)
        _, rest = await self._hear(link, "opened")
        opened = frames.members(rest, session=str, secret=str, linkEpoch=int, protocol=str)
        frames.check_members(opened, messageBytesMax=int, streamsMax=int, window=list, streamWindow=list)
        self._check_epoch(opened)
        if len(opened["window"]) != 2 or not all(map(frames.is_number, opened["window"])):
            raise Misuse("window is not two numbers")
        self._session, self._secret, self.protocol = opened["session"], opened["secret"], opened["protocol"]
        self._message_bytes_max = opened["messageBytesMax"]
        self._nonce = ""
        self._incoming = Incoming()
        self._outgoing.open((opened["window"][0], opened["window"][1]))

    async def _resume(self, link: Link) -> None:
        fields = {"session": self._session, "secret": self._secret, "streams": [self._incoming.position()]}
        await self._say_epoch(link, "resume", **fields)
        word, rest = await self._hear(link, "resumed", "unknown", "bye")
        if word == "bye":
            # The session ended in agreement, and the link was lost before we heard of it.
            self._receive_bye(link, rest)
        elif word == "unknown":
            self._report_gap()
            self._forget_session()
        else:
            resumed = frames.members(rest, linkEpoch=int, secret=str, streams=list)
            self._check_epoch(resumed)
            self._secret = resumed["secret"]
            for position in resumed["streams"]:
                frames.check_members(position, **{name: int for name in POSITION})
                if position["stream"] == 0:
                    self._outgoing.resume(position)
            # The server forgets the secret before as soon as it hears of us.
            await link.socket.send(self._incoming.ack())

    async def _say_epoch(self, link: Link, word: str, **fields: Any) -> None:
        self._link_epoch += 1
        token = self._token() if callable(self._token) else self._token
        await link.say(word, linkEpoch=self._link_epoch, **fields, **({} if token is None else {"token": token}))

    def _check_epoch(self, answer: dict[str, Any]) -> None:
        if answer["linkEpoch"] != self._link_epoch:
            raise Misuse("The answer has another linkEpoch")

    async def _hear(self, link: Link, *words: str) -> tuple[str, str]:
        """The next frame, before the link is attached."""
        frame = await link.socket.recv()
        word, _, rest = frame.partition(" ") if isinstance(frame, str) else ("", "", "")
        if word == "end":
            raise self._end_of(rest)
        if word not in words:
            raise Misuse(f"Expected {' or '.join(words)}")
        return word, rest

    def _end_of(self, rest: str) -> Exception:
        end = frames.members(rest, code=int, reason=str)
        # That a link of ours took over is no reason to stop.
        is_own = end["code"] == 3500 and end.get("linkEpoch", 0) <= self._link_epoch
        if 3500 <= end["code"] <= 3999 and not is_own:
            return SessionEnded(end["code"], end["reason"])
        return LinkLost(end["reason"], end.get("retryAfterMs", 0) / 1000)

    def _report_gap(self, is_last: bool = False) -> None:
        """Without a session after this one, what was not transmitted is part of it."""
        outgoing, incoming = self._outgoing, self._incoming
        before = outgoing.numbered_before
        stop = outgoing.last + len(outgoing.waiting) + 1 if is_last else outgoing.next
        granted = incoming.have if self._close_received is not None else incoming.messages_max
        if self._on_gap is not None:
            sent = range(before + outgoing.done + 1, before + stop)
            self._on_gap(Gap(sent, range(incoming.have + 1, granted + 1)))

    def _forget_session(self) -> None:
        """What is still to be sent goes out in another session; there is none if nothing is and this end was closing."""
        self._session = self._secret = ""
        self._close_received = None
        self._outgoing.open((0, 0))
        self._is_over = self._close is not None and not self._outgoing.waiting

    # A link that is attached

    async def _carry(self, link: Link) -> None:
        tasks = [asyncio.create_task(self._read(link)), asyncio.create_task(self._write(link))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, link: Link) -> None:
        while not link.is_finished:
            try:
                frame = await asyncio.wait_for(link.socket.recv(), self._heartbeat_s)
            except asyncio.TimeoutError:
                if link.is_probed:
                    raise LinkLost("The server is silent") from None
                link.is_probed = link.wants_ping = True
            else:
                link.is_probed = False
                await self._receive(link, frame)
            self._settle()

    async def _receive(self, link: Link, frame: str | bytes) -> None:
        raw = frame.encode() if isinstance(frame, str) else frame
        if raw[:1].isdigit():
            self._receive_data(raw, isinstance(frame, str))
            return
        if isinstance(frame, bytes) or len(raw) > frames.CONTROL_FRAME_BYTES_MAX:
            raise Misuse("A control frame is binary or too long")
        word, _, rest = frame.partition(" ")
        match word:
            case "ack":
                stream, have, byte, *others = frames.numbers(frames.ACK_FIELDS, rest)
                frames.check_stream(stream)
                self._outgoing.acknowledge(have, byte, *others)
            case "skip":
                stream, first, last = frames.numbers(frames.SKIP_FIELDS, rest)
                frames.check_stream(stream)
                size = self._incoming.skip(first, last)
                self._deliveries.append(Delivery(self._incoming, last, size, None))
            case "ping":
                await link.socket.send(f"pong {frames.numbers(frames.ONE_FIELD, rest)[0]}")
            case "pong":
                frames.numbers(frames.ONE_FIELD, rest)
            case "close":
                close = frames.members(rest, code=int, reason=str)
                self._close_received = (close["code"], close["reason"])
            case "drain":
                frames.members(rest)
                self._is_draining = True
            case "bye":
                self._receive_bye(link, rest)
            case "end":
                raise self._end_of(rest)
            case _:
                raise Misuse("A frame of this kind is not expected")

    def _receive_data(self, raw: bytes, is_text: bool) -> None:
        header = frames.HEADER.match(raw)
        if header is None:
            raise Misuse("A header cannot be read")
        stream, number, start, size, handled = (None if group is None else int(group) for group in header.groups())
        payload = raw[header.end() :]
        if len(payload) > frames.FRAME_PAYLOAD_BYTES_MAX:
            raise Misuse(f"A frame has {len(payload)} bytes, the limit is {frames.FRAME_PAYLOAD_BYTES_MAX}")
        frames.check_stream(stream or 0)
        if handled is not None:
            self._outgoing.acknowledge_handled(handled)
        size = len(payload) if size is None else size
        message = self._incoming.receive(number, start or 0, size, Message(payload, is_text))
        if message is not None:
            self._deliveries.append(Delivery(self._incoming, number, size, message))

    def _receive_bye(self, link: Link, rest: str) -> None:
        bye = frames.members(rest)
        link.is_finished = True
        if "retryAfterMs" in bye:
            frames.check_members(bye, retryAfterMs=int)
            self._outgoing.finish()
            self._forget_session()
            raise LinkLost("The server goes away", bye["retryAfterMs"] / 1000)
        if self._close is None and self._close_received is None:
            raise Misuse("A bye came before its time")
        self._is_over = True

    async def _write(self, link: Link) -> None:
        try:
            while not link.is_finished:
                frame = self._next_frame(link)
                if frame is None:
                    await self._changed(ACK_DELAY_S / 2 if self._news_since is not None else None)
                else:
                    await link.socket.send(frame)
                    link.is_finished = self._is_over = frame == "bye {}"
        except websockets.ConnectionClosed:
            # What was received before is read first: it may say why.
            await asyncio.Future()

    def _next_frame(self, link: Link) -> str | bytes | None:
        incoming, now = self._incoming, asyncio.get_running_loop().time()
        has_news = incoming.state != incoming.told
        self._news_since = (self._news_since or now) if has_news else None
        if incoming.is_ack_urgent() or (self._news_since is not None and now - self._news_since >= ACK_DELAY_S):
            return incoming.ack()
        if link.wants_ping:
            link.wants_ping = False
            return "ping 1"
        handled = incoming.handled if has_news else 0
        frame = self._outgoing.take_frame(handled, not self._is_draining or self._close_received is not None)
        if frame is not None and handled > 0:
            incoming.told = incoming.state
        if frame is not None or not self._outgoing.is_transmitted:
            return frame
        last_word = self._last_word(link)
        if last_word is None or has_news:
            return last_word and incoming.ack()
        link.said.add(last_word.partition(" ")[0])
        return last_word

    def _last_word(self, link: Link) -> str | None:
        """What is due after all messages that have a number."""
        incoming, outgoing = self._incoming, self._outgoing
        if self._close_received is not None and incoming.done == incoming.have and not outgoing.waiting:
            self._close = self._close or self._close_received
        if self._is_draining and "drain" not in link.said:
            return frames.control("drain")
        if self._close is not None and not outgoing.waiting and "close" not in link.said:
            return frames.control("close", code=self._close[0], reason=self._close[1])
        is_all_started = incoming.started == incoming.have and outgoing.started == outgoing.last
        is_closed = "close" in link.said and self._close_received is not None
        return frames.control("bye") if is_closed and is_all_started else None


connect = Connection

"""The two directions of stream 0 of a session, without any I/O: numbers, positions, acknowledgements and credit."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

MESSAGE_BYTES_MAX = 1_048_576
WINDOW = WINDOW_MESSAGES, WINDOW_BYTES = 256, 262_144
PIECE_BYTES_MAX, PIECE_BYTES_MIN = 16_384, 1_024
POSITION = ("stream", "have", "byteOffset", "bytes", "started", "done", "messagesMax", "bytesMax")


class Misuse(Exception):
    """The server broke the protocol. It is told, and the session ends."""

    def __init__(self, reason: str, code: int = 3503) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(frozen=True)
class Message:
    payload: bytes
    is_text: bool

    def cut(self, start: int, bytes_max: int) -> int:
        """Where a piece ends that begins at `start`: text is cut between characters."""
        end = min(start + bytes_max, len(self.payload))
        while self.is_text and start < end < len(self.payload) and self.payload[end] & 0xC0 == 0x80:
            end -= 1
        return max(start, end)


class Outgoing:
    """What this end sends: which of it has a number, where the link is, and what the server said of it."""

    def __init__(self) -> None:
        self.waiting: deque[Message] = deque()
        self.numbered: deque[Message] = deque()
        self.buffered_bytes = self.numbered_before = self.last = 0
        self.next = 1
        self.open((0, 0))

    def open(self, window: tuple[int, int]) -> None:
        """Begins in a new session. What the last one had not transmitted to its end goes out in this one."""
        self.numbered_before += self.next - 1
        while not self.is_transmitted:
            self.waiting.appendleft(self.numbered.pop())
            self.last -= 1
        self._free(len(self.numbered))
        self.last = self.have = self.started = self.done = self.have_byte = 0
        self.next, self.next_byte, self.bytes, self.has_begun = 1, 0, 0, False
        self.messages_max, self.bytes_max = window

    def resume(self, position: dict[str, int]) -> None:
        self.acknowledge(*(position[name] for name in POSITION if name not in ("stream", "bytes")))
        self.next, self.next_byte, self.bytes = self.have + 1, self.have_byte, position["bytes"]
        self.has_begun = self.next_byte > 0

    def add(self, message: Message) -> None:
        self.waiting.append(message)
        self.buffered_bytes += len(message.payload) + 64

    def acknowledge(
        self, have: int, have_byte: int, started: int, done: int, messages_max: int, bytes_max: int
    ) -> None:
        if not done <= started <= have or (have + 1, have_byte) > (self.next, self.next_byte):
            raise Misuse("An acknowledgement passes what was sent")
        if (have, have_byte) < (self.have, self.have_byte) or started < self.started or done < self.done:
            raise Misuse("An acknowledgement goes back")
        if messages_max < self.messages_max or bytes_max < self.bytes_max:
            raise Misuse("Credit is taken back")
        self.have, self.have_byte, self.done = have, have_byte, done
        self._free(started - self.started)
        self.started = started
        self.messages_max, self.bytes_max = messages_max, bytes_max

    def acknowledge_handled(self, handled: int) -> None:
        """What the header of a data frame says."""
        have_byte = self.have_byte if handled == self.have else 0
        self.acknowledge(handled, have_byte, handled, handled, self.messages_max, self.bytes_max)

    def finish(self) -> None:
        """The server has handled all that has a number."""
        self.next, self.next_byte = self.last + 1, 0

    @property
    def is_transmitted(self) -> bool:
        """Whether all that has a number is on its way."""
        return self.next > self.last

    def take_frame(self, handled: int, may_number: bool) -> str | bytes | None:
        """The next frame that credit allows."""
        message = self._next_message(may_number)
        if message is None:
            return None
        start, size = self.next_byte, len(message.payload)
        room = self.bytes_max - self.bytes
        end = message.cut(start, min(PIECE_BYTES_MAX, room))
        # With nothing under way no credit comes back: then the message begins, so that the server sees what it lacks.
        must_begin = not self.has_begun and self.done == self.next - 1
        if end < size and room < PIECE_BYTES_MIN and not must_begin:
            return None
        if self.is_transmitted:
            self.numbered.append(self.waiting.popleft())
            self.last += 1
        part = f"@{start}/{size}" if end - start < size else ""
        header = f"{self.next}{part}{f'~{handled}' if handled > 0 else ''}:"
        self.bytes += end - start
        self.has_begun = end < size
        self.next, self.next_byte = (self.next, end) if self.has_begun else (self.next + 1, 0)
        payload = message.payload[start:end]
        return header + payload.decode() if message.is_text else header.encode() + payload

    def _next_message(self, may_number: bool) -> Message | None:
        if not self.is_transmitted:
            return self.numbered[self.next - self.last - 1]
        return self.waiting[0] if self.waiting and may_number and self.next <= self.messages_max else None

    def _free(self, count: int) -> None:
        for _ in range(count):
            self.buffered_bytes -= len(self.numbered.popleft().payload) + 64


class Incoming:
    """What the server sends in one session: what is there, what of it was handled, and the credit for more."""

    def __init__(self) -> None:
        self.have = self.started = self.done = self.bytes = self.done_bytes = 0
        self.part = bytearray()
        self.part_of: tuple[int, bool] | None = None  # length and kind of the message that has begun
        self.messages_max, self.bytes_max = WINDOW_MESSAGES, WINDOW_BYTES
        self.told = self.state

    def receive(self, number: int, start: int, size: int, message: Message) -> str | bytes | None:
        """Takes a frame's payload in, and gives the message that it completes."""
        payload, kind = message.payload, (size, message.is_text)
        if (number, start) < (self.have + 1, len(self.part)):
            return None
        if (number, start) > (self.have + 1, len(self.part)):
            raise Misuse("A frame leaves something out")
        if number > self.messages_max or self.bytes + len(payload) > self.bytes_max:
            raise Misuse("A frame is past the credit")
        if size > MESSAGE_BYTES_MAX:
            raise Misuse(f"A message has {size} bytes, the limit is {MESSAGE_BYTES_MAX}", 3504)
        if start + len(payload) > size or self.part_of not in (None, kind):
            raise Misuse("A frame does not fit its message")
        self.part += payload
        self.bytes += len(payload)
        self.part_of = kind if len(self.part) < size else None
        if self.part_of is not None:
            return None
        whole, self.part = bytes(self.part), bytearray()
        self.have = number
        return whole.decode() if message.is_text else whole

    def skip(self, first: int, last: int) -> int:
        """Gives the bytes that had come of the first of them."""
        if first != self.have + 1 or last < first or last > self.messages_max:
            raise Misuse("A skip is not at the position, or past the credit")
        self.have, size = last, len(self.part)
        self.part, self.part_of = bytearray(), None
        return size

    @property
    def state(self) -> tuple[int, int, int, int]:
        return self.have, len(self.part), self.started, self.done

    @property
    def handled(self) -> int:
        """What the header of a data frame can say; 0 for nothing."""
        return self.have if self.state == (self.have, 0, self.have, self.have) else 0

    def limits(self) -> tuple[int, int]:
        # A message that has begun gets what it lacks, however long it is.
        needed = self.bytes + self.part_of[0] - len(self.part) if self.part_of is not None else 0
        bytes_max = max(self.bytes_max, self.done_bytes + WINDOW_BYTES, needed)
        return max(self.messages_max, self.done + WINDOW_MESSAGES), bytes_max

    def is_ack_urgent(self) -> bool:
        is_low = self.messages_max - self.have < WINDOW_MESSAGES / 2 or self.bytes_max - self.bytes < WINDOW_BYTES / 2
        return (is_low or self.part_of is not None) and self.limits() != (self.messages_max, self.bytes_max)

    def ack(self) -> str:
        self.told = self.state
        self.messages_max, self.bytes_max = self.limits()
        at = f"@{len(self.part)}" if self.part else ""
        return f"ack 0 {self.have}{at} {self.started} {self.done} {self.messages_max} {self.bytes_max}"

    def position(self) -> dict[str, int]:
        self.ack()
        values = (0, self.have, len(self.part), self.bytes, self.started, self.done, self.messages_max, self.bytes_max)
        return dict(zip(POSITION, values))


@dataclass
class Delivery:
    """A message that waits for its handler, or skipped ones that wait for those before them."""

    incoming: Incoming
    last: int
    size: int
    message: str | bytes | None

    def start(self) -> None:
        self.incoming.started = self.last

    def finish(self) -> None:
        self.incoming.started = self.incoming.done = self.last
        self.incoming.done_bytes += self.size

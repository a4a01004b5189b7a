"""An event loop in a thread of its own, for code that blocks and for code that has a loop itself."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Loop:
    """Runs from `with` to its end; `name` is the thread's."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def awaited(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def enter(self, closing: contextlib.ExitStack, context: contextlib.AbstractAsyncContextManager[T]) -> T:
        """The context's value; its end comes with the stack's. Both run in one task, as task groups demand."""
        over, begun = asyncio.Event(), asyncio.Queue[T]()

        async def live() -> None:
            async with context as value:
                begun.put_nowait(value)
                await over.wait()

        living = asyncio.run_coroutine_threadsafe(live(), self._loop)
        closing.callback(living.result)
        closing.callback(self._loop.call_soon_threadsafe, over.set)
        first = asyncio.run_coroutine_threadsafe(begun.get(), self._loop)
        living.add_done_callback(lambda _ended: first.cancel())
        return first.result()

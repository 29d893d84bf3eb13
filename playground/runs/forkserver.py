"""The process that has torch loaded and forks a worker, in milliseconds, whenever the web process asks for one.

Started by `playground.runs.pool` as ``python -m playground.runs.forkserver CONTROL_FD WEB_PID``. The standard
library's forkserver is not used: it imports the parent's main module again in every child, which inside
``streamlit run`` is Streamlit itself, and it speaks pickle.

The web process sends one byte (`WORKER` or `STUDIO`) and two file descriptors for each worker it wants: the worker's
end of a socket pair and the worker's `playground.runs.marker`. The end of the control socket is the end of this process
and its workers.
"""

import gc
import os
import select
import signal
import socket
import sys
import traceback

# Before torch is imported, and inherited by every worker: one thread each (two on two cores made small networks
# 15 to 170 times slower), idle threads sleep, and asking whether there is a GPU does not touch CUDA (a process
# that has touched it cannot be forked).
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
}
WORKER, STUDIO = b"w", b"s"
"""What to fork: a process that trains, or the one for heavy work that is no run."""

_GRACE_SECONDS = 1.0  # for workers to notice by themselves that the server closed


def main() -> None:
    """Load torch, then fork until the web process closes the control socket or dies."""
    from playground.runs import lineage

    control = socket.socket(fileno=int(sys.argv[1]))
    web_pid = int(sys.argv[2])
    lineage.die_with_parent(web_pid)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the web process, which closes us
    lineage.yield_to_others()

    from playground.runs import preload

    preload.warm_up()
    gc.collect()
    gc.freeze()  # the collector then leaves these pages alone, and they stay shared between the workers
    _serve(control, web_pid)


def _serve(control: socket.socket, web_pid: int) -> None:
    """Fork a worker for each request; bury those that died."""
    woken, waker = socket.socketpair()
    woken.setblocking(False)
    waker.setblocking(False)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: set[int] = set()
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(woken, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if woken.fileno() in ready:
            _drain(woken)
            _bury(children)
        if control.fileno() in ready:
            request, descriptors, _, _ = socket.recv_fds(control, 1, 2)
            if not request:
                _end(children, woken)
                return
            children.add(_fork(request, descriptors, web_pid, close=(control, woken, waker)))


def _fork(request: bytes, descriptors: list[int], web_pid: int, close: tuple[socket.socket, ...]) -> int:
    """Process id of a new worker, or the studio, that owns ``descriptors``."""
    pid = os.fork()
    if pid:
        for descriptor in descriptors:
            os.close(descriptor)
        return pid
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for other in close:
            other.close()
        from playground.runs.studio import Studio
        from playground.runs.worker import Worker

        (Studio if request == STUDIO else Worker)(descriptors[0], descriptors[1], web_pid).serve()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)  # never back into the fork server's own stack


def _bury(children: set[int]) -> None:
    """Take the dead out of the process table, and out of ``children``."""
    while children:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            children.clear()
            return
        if not pid:
            return
        children.discard(pid)


def _end(children: set[int], woken: socket.socket) -> None:
    """Wait a moment for the workers to end, then end the ones that do not."""
    _bury(children)
    while children:
        ready, _, _ = select.select([woken], [], [], _GRACE_SECONDS)
        if not ready:
            break
        _drain(woken)
        _bury(children)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _drain(woken: socket.socket) -> None:
    try:
        while woken.recv(4096):
            pass
    except BlockingIOError:
        pass


if __name__ == "__main__":
    main()

"""Errors, times of CUDA graphs, and the state of the GPU, for the benchmarks."""

import statistics
import subprocess


def relative_error(value, expected):
    return ((value.double() - expected).norm() / expected.norm()).item()


def time_graph(calls, rounds=3, replays=20):
    """Median microseconds of one call, over rounds of graph replays of all calls."""
    import torch

    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for call in calls:
            call()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=stream):
        for call in calls:
            call()
    times = []
    for replay in range(rounds * replays):
        if replay % replays == 0:
            graph.replay()
            torch.cuda.synchronize()
        begin = torch.cuda.Event(enable_timing=True)
        end = torch.cuda.Event(enable_timing=True)
        begin.record()
        graph.replay()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) * 1e3 / len(calls))
    return statistics.median(times)


def get_device_state():
    """Clocks, power and driver as nvidia-smi prints them."""
    fields = "clocks.sm,clocks.mem,power.draw,driver_version"
    return subprocess.run(
        ["nvidia-smi", f"--query-gpu={fields}", "--format=csv,noheader"],
        capture_output=True, text=True, check=False).stdout.strip()

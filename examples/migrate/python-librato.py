"""What the README of python-librato sends, with OpenTelemetry: docs/migrate/python-librato.md."""

import time

from opentelemetry.metrics import Observation

import own_times
import telemetry

# source='upstairs' in every call
meter, tracer, events = telemetry.start({"host.name": "upstairs"})

# api.submit("temperature", 22.1, description="temperature at home")
meter.create_gauge("temperature", description="temperature at home").set(22.1)

# for num_con in [100, 200, 300]: api.submit('connections', num_con, type='counter'): a total that something else keeps
meter.create_observable_counter("connections", [lambda options: [Observation(300)]], description="server connections")

# q = api.new_queue(); q.add('num_requests', 1); q.submit(): what the program counts itself
requests = meter.create_counter("num_requests")
for _ in range(3):
    requests.add(1)

# a = Aggregator(api); a.add("foo", 42); a.add("foo", 5); a.submit()
foo = meter.create_histogram("foo")
foo.record(42)
foo.record(5)

# Aggregator(api, source='my.source', period=60, measure_time=1419302671)
minute = time.time() // 60 * 60 - 60
own_times.send(own_times.samples("bar", [42, 5], minute), **{"host.name": "my.source"})

# api.post_annotation("TravisCI", title="build 42", source=..., description=..., links=[{'rel': 'travis', 'href': 'http://...'}])
events.emit(
    event_name="build 42",
    body="Application shop, Travis build 42",
    attributes={
        "librato.annotation.stream": "TravisCI",
        "librato.annotation.source": "ci",
        "librato.annotation.links": {"travis": "http://travisci.com/somebuild"},
    },
)

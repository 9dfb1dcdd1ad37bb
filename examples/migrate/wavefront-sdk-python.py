"""What the README of wavefront-sdk-python sends, with OpenTelemetry: docs/migrate/wavefront-sdk-python.md."""

import time

from opentelemetry.trace import Link, SpanKind

import own_times
import telemetry

# ApplicationTags(application="OrderingApp", service="inventory", cluster="us-west-2", shard="secondary",
#                 custom_tags=[("location", "Oregon")]), and source="localhost" in every call
meter, tracer, events = telemetry.start({
    "source": "localhost",
    "application": "OrderingApp",
    "service.name": "inventory",
    "cluster": "us-west-2",
    "shard": "secondary",
    "location": "Oregon",
})

# wavefront_sender.send_metric(name="new york.power.usage", value=42422.0, source="localhost", tags={"datacenter": "dc1"})
meter.create_gauge("new-york.power.usage").set(42422.0, {"datacenter": "dc1"})

# the same with timestamp=..., and with source= of its own
a_minute_ago = time.time() - 60
own_times.send(own_times.gauge("new-york.power.usage", 42421.0, a_minute_ago, datacenter="dc1", source="meter7"))

# wavefront_sender.send_delta_counter(name="delta.counter", value=1.0, tags={"datacenter": "dc1"})
meter.create_counter("delta.counter").add(1.0, {"datacenter": "dc1"})

# wavefront_sender.send_distribution(name="request.latency", centroids=[(30, 20), (5.1, 10)], tags={"region": "us-west"})
latency = meter.create_histogram("request.latency")
for value, count in [(30, 20), (5.1, 10)]:
    for _ in range(count):
        latency.record(value, {"region": "us-west"})

# wavefront_sender.send_span(name="getAllUsers", parents=[...], tags=[("http.method", "GET")], span_logs=[...])
with tracer.start_as_current_span("request") as request:
    with tracer.start_as_current_span("getAllUsers", kind=SpanKind.SERVER, attributes={"http.method": "GET"}) as users:
        users.add_event("cache miss", {"key": "users"})

    # follows_from=[...]
    tracer.start_span("audit", links=[Link(users.get_span_context())]).end()

    # start_millis=..., duration_millis=343: of what is over already
    end = time.time_ns()
    tracer.start_span("import", start_time=end - 343_000_000).end(end)

# wavefront_sender.send_event("deploy", start_time, end_time, source, ["release"], {"severity": "info", "version": "1.4.2"})
events.emit(
    event_name="deploy",
    timestamp=int(a_minute_ago * 1e9),
    attributes={
        "wavefront.event.end": int(time.time() * 1000),
        "wavefront.event.severity": "info",
        "wavefront.event.tags": ["release"],
        "version": "1.4.2",
    },
)

"""What the README of appoptics-metrics sends, with OpenTelemetry: docs/migrate/appoptics-metrics.md."""

import time

import own_times
import telemetry

# api = appoptics_metrics.connect('token', tags={'company': 'librato', 'service': 'app'})
meter, tracer, events = telemetry.start({"service.name": "app"})

# api.submit("temperature", 80, tags={"city": "sf"}, inherit_tags=True)
temperature = meter.create_gauge("temperature", unit="F", description="temperature outside")
temperature.set(80, {"city": "sf"})

# q = api.new_queue(); q.add('temperature', 22.1, tags={'location': 'downstairs'}); q.add(...); q.submit()
for location, value in {"downstairs": 22.1, "upstairs": 23.1}.items():
    temperature.set(value, {"location": location})

# q.add('num_requests', 100, tags={'host': 'server1'})
meter.create_counter("num_requests").add(100, {"host": "server1"})

# a = Aggregator(api, tags={'room': 'kitchen'}); a.add("foo", 42); a.add("foo", 5); a.submit()
foo = meter.create_histogram("foo")
foo.record(42, {"room": "kitchen"})
foo.record(5, {"room": "kitchen"})

# api.submit("humidity", 51, tags={"city": "sf"}, time=1502917147)
a_minute_ago = time.time() - 60
own_times.send(own_times.gauge("humidity", 51, a_minute_ago, city="sf"), **{"service.name": "app"})

# api.post_annotation("testing", title="foobarbiz", description=..., start_time=..., end_time=...)
events.emit(
    event_name="foobarbiz",
    body="half an hour of maintenance",
    timestamp=int(a_minute_ago * 1e9),
    attributes={
        "librato.annotation.stream": "testing",
        "librato.annotation.end_time": int(a_minute_ago) + 1800,
    },
)

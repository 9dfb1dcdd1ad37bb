"""What the READMEs of signalfx-python and its pyformance reporter send, with OpenTelemetry: docs/migrate/signalfx-python.md."""

import time
from contextlib import contextmanager

from opentelemetry.metrics import Observation

import own_times
import telemetry

# sfx = signalfx.SignalFx().ingest('ORG_TOKEN'); sfx.add_dimensions({'env': 'prod'})
meter, tracer, events = telemetry.start({"service.name": "myservice", "env": "prod"})

# sfx.send(gauges=[{'metric': 'myfunc.time', 'value': 532, 'dimensions': {'host': 'server1', 'host_ip': '1.2.3.4'}}])
meter.create_gauge("myfunc.time").set(532, {"host": "server1", "host_ip": "1.2.3.4"})

# sfx.send(counters=[{'metric': 'myfunc.calls', 'value': 42}])
meter.create_counter("myfunc.calls").add(42)

# sfx.send(cumulative_counters=[{'metric': 'myfunc.calls_cumulative', 'value': 10}]): a total that something else keeps
meter.create_observable_counter("myfunc.calls_cumulative", [lambda options: [Observation(10)]])

# sfx.send(gauges=[{'metric': 'myfunc.time', 'value': 530, 'timestamp': 1442960607000}])
a_minute_ago = time.time() - 60
own_times.send(own_times.gauge("myfunc.time", 530, a_minute_ago, host="server2"), env="prod")

# sfx.send_event(event_type='deployments', category='USER_DEFINED', dimensions={...}, properties={...}, timestamp=...)
events.emit(
    event_name="deployments",
    timestamp=time.time_ns(),
    attributes={
        "host": "myhost",
        "instance": "myinstance",
        "com.splunk.signalfx.event_category": "USER_DEFINED",
        "com.splunk.signalfx.event_properties": {"version": "2015.04.29-01"},
    },
)


# @count_calls, @count_calls_with_dims(dimension_key="dimension_value")
@contextmanager
def counted(counter, **dimensions):
    counter.add(1, dimensions)
    yield


@counted(meter.create_counter("callme_calls"), dimension_key="dimension_value")
def callme():
    pass


# @time_calls, and with timer('query').time()
@contextmanager
def timed(histogram, **dimensions):
    began = time.perf_counter()
    try:
        yield
    finally:
        histogram.record(time.perf_counter() - began, dimensions)


queries = meter.create_histogram("query", unit="s")


@timed(meter.create_histogram("work_calls", unit="s"))
def work():
    with timed(queries, table="users"):
        pass


callme()
callme()
work()

# gauge('test').set_value(42); counter('jobs').inc(); meter('requests').mark(); histogram('size').add(512)
meter.create_gauge("test").set(42)
meter.create_counter("jobs").add(1)
meter.create_counter("requests").add(1)
meter.create_histogram("size", unit="By").record(512)

# while True: gauge('demo.time').set_value(time.time()): read whenever it is reported
meter.create_observable_gauge("demo.time", [lambda options: [Observation(time.time())]])


# New: calls as spans, which the service counts and times by itself.
@tracer.start_as_current_span("checkout")
def checkout():
    work()


checkout()

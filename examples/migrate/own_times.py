"""Sends values with times of their own, which the instruments of an SDK cannot: they stamp what they report with the time of now."""

import time

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import export as otlp
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

exporter = OTLPMetricExporter()


def gauge(name, value, at, **attributes):
    return otlp.Metric(name, "", "", otlp.Gauge([otlp.NumberDataPoint(attributes, 0, nanoseconds(at), value)]))


def counted(name, value, at, **attributes):
    """What happened since the value before: a delta."""
    points = [otlp.NumberDataPoint(attributes, 0, nanoseconds(at), value)]
    return otlp.Metric(name, "", "", otlp.Sum(points, otlp.AggregationTemporality.DELTA, is_monotonic=True))


def samples(name, values, at, **attributes):
    """Count, sum, minimum and maximum of samples."""
    point = otlp.HistogramDataPoint(
        attributes, 0, nanoseconds(at), len(values), sum(values), [len(values)], [], min(values), max(values)
    )
    return otlp.Metric(name, "", "", otlp.Histogram([point], otlp.AggregationTemporality.DELTA))


def send(*metrics, **attributes):
    """Sends at once. The attributes go with all of the metrics."""
    scope = otlp.ScopeMetrics(InstrumentationScope("own_times"), metrics, "")
    data = otlp.MetricsData([otlp.ResourceMetrics(Resource(attributes), [scope], "")])
    if exporter.export(data) is not otlp.MetricExportResult.SUCCESS:
        raise RuntimeError("the collector took nothing")  # its log has the reason


def nanoseconds(seconds):
    return int(seconds * 1e9)

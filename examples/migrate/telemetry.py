"""The OpenTelemetry SDK, set up to send to the collector of this host: http://localhost:4318, or OTEL_EXPORTER_OTLP_ENDPOINT.

pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

# Buckets for samples of any size. The SDK's own are made for milliseconds.
aggregation = {Histogram: ExponentialBucketHistogramAggregation()}


def start(attributes=None):
    """Returns a meter, a tracer and a logger of events. Attributes go with all data. What is left is sent when the program ends."""
    resource = Resource.create(attributes)  # with those of OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME
    exporter = OTLPMetricExporter(preferred_aggregation=aggregation)
    meters = MeterProvider([PeriodicExportingMetricReader(exporter, export_interval_millis=10_000)], resource)
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    loggers = LoggerProvider(resource)
    loggers.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    return meters.get_meter("app"), tracers.get_tracer("app"), loggers.get_logger("app")

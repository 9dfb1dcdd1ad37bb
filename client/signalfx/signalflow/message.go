package signalflow

import "encoding/json"

// Message is one message of a computation: *Control, *Info, *Metadata, *Data,
// *Event, *Expired, *Started, *Estimation or *Malformed. A message and what it
// refers to may be kept, except for Data.Points. Batches adds *Batch.
//
// The last messages of a stream are no Message: they become the error of Next.
type Message interface{ isMessage() }

// Events of control messages (vendor's Python and Node clients). Others may come.
const (
	EventStreamStart  = "STREAM_START"
	EventJobStart     = "JOB_START"
	EventJobProgress  = "JOB_PROGRESS"
	eventChannelAbort = "CHANNEL_ABORT"
	eventEndOfChannel = "END_OF_CHANNEL"
	eventKeepAlive    = "KEEP_ALIVE"
)

// Control tells what happens to the job behind a stream.
type Control struct {
	// Event is EventStreamStart, EventJobStart, EventJobProgress or one this package does not know.
	Event string
	// TimestampMs is the server's clock, in milliseconds since 1970.
	TimestampMs int64
	// Handle identifies the job from EventJobStart on.
	Handle string
	// Progress of EventJobProgress, in percent: past data is read before the first output.
	Progress int64
}

// Codes of info messages (vendor's clients and captured streams). Others may come,
// and each may come again at any time.
const (
	InfoRunningResolution    = "JOB_RUNNING_RESOLUTION"
	InfoDetectedResolution   = "JOB_DETECTED_RESOLUTION"
	InfoDetectedLag          = "JOB_DETECTED_LAG"
	InfoInitialMaxDelay      = "JOB_INITIAL_MAX_DELAY"
	InfoFetchedTimeSeries    = "FETCH_NUM_TIMESERIES"
	InfoIdentifiedTimeSeries = "ID_NUM_TIMESERIES"
	InfoMatchedDimensions    = "FIND_MATCHED_DIMENSIONS"
	InfoMatchedNothing       = "FIND_MATCHED_NO_TIMESERIES"
	InfoLimitedResultSet     = "FIND_LIMITED_RESULT_SET"
	InfoMissingProperty      = "GROUPBY_MISSING_PROPERTY"
)

// Info tells something about the computation. Only Code is always set.
type Info struct {
	Code               string
	Level              string // such as "INFO"
	LogicalTimestampMs int64
	// NumInputTimeSeries is per block: sum over the blocks of BlockSerialNumbers.
	NumInputTimeSeries int64
	BlockSerialNumbers []int64
	Contents           InfoContents
}

// InfoContents are the details of an info message; which are set depends on its code.
type InfoContents struct {
	ResolutionMs         int64            // InfoRunningResolution: the actual step of the output
	DetectedResolutionMs int64            // InfoDetectedResolution: the input's, coarser than asked for
	OriginalResolutionMs int64            // InfoDetectedResolution
	LagMs                int64            // InfoDetectedLag
	MaxDelayMs           int64            // InfoInitialMaxDelay
	MatchedSize          int64            // InfoLimitedResultSet: the output is incomplete,
	LimitSize            int64            // only so many of MatchedSize series are in it
	Query                string           // InfoMatchedNothing
	PropertyNames        []string         // InfoMissingProperty
	DimensionCounts      []DimensionCount // InfoMatchedDimensions
}

// DimensionCount is how many input series have all of Dimensions.
type DimensionCount struct {
	Dimensions []string
	Count      int64
}

// Metadata announces a series, normally before its first point.
type Metadata struct{ Series *Series }

// Expired tells that a series has ended.
type Expired struct {
	TSID TSID
	// Series is nil if there was no metadata.
	Series *Series
}

// Event is an event or an alert. It has no logical time and comes at any time.
type Event struct {
	TSID TSID
	// TimestampMs is in milliseconds since 1970.
	TimestampMs int64
	// Properties of the event; for alerts among them "incidentId", "is" and "was".
	Properties []Property
	// Metadata of the event's series. It may be empty for events that the program
	// makes itself; see Series.
	Metadata []Property
	// Series is the metadata that was announced for TSID, nil if there was none.
	Series *Series
}

// Started answers a request to start a job without a stream.
type Started struct{ Handle string }

// Estimation is the result of a preflight.
type Estimation struct{ Result json.RawMessage }

// Malformed stands in the place of a message that could not be decoded. If its
// Type is TypeData, points are lost until the computation is executed again from
// an earlier time.
type Malformed struct {
	Type MessageType
	Err  error
}

func (*Control) isMessage()    {}
func (*Info) isMessage()       {}
func (*Metadata) isMessage()   {}
func (*Expired) isMessage()    {}
func (*Event) isMessage()      {}
func (*Started) isMessage()    {}
func (*Estimation) isMessage() {}
func (*Malformed) isMessage()  {}

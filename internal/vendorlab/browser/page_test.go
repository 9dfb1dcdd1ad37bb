package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

var views = []string{"overview", "series", "signalflow", "events", "traces", "metadata", "rejections", "requests", "faults", "audit"}

func TestDataArrives(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	b := open(t, lab.API.URL(), 1280, 900, "light")
	b.sees("Nothing has arrived yet")
	b.sees(lab.Librato.URL())
	b.screenshot("empty")

	fill(t, lab)
	b.sees("120 in all")
	b.sees("60 in all")
	b.until("the rejection", "document.querySelector('a.badge.bad').textContent.startsWith('WF-300')")
	b.screenshot("overview")
}

func TestChartOfSeries(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	fill(t, lab)
	b := open(t, lab.API.URL(), 1280, 900, "light")
	b.shows("series")
	b.sees("4 series")
	b.do(chromedp.SendKeys(chromedp.CSS("input[type=search]"), "HOST=a"))
	b.sees("2 series")
	b.click(".tick input[aria-label='Chart cpu.utilization']")
	b.click(".tick input[aria-label='Chart disk.used']")
	b.until("two series in the legend", "document.querySelectorAll('.legend li').length === 2")
	legend := eval[string](b, "document.querySelector('.legend').innerText")
	assert.Contains(t, legend, "%")
	assert.Contains(t, legend, "host=a")
	assert.Contains(t, legend, "MiB", "bytes are written as such")
	// Each line is drawn in its color.
	for i := range 2 {
		b.until("a drawn line", fmt.Sprintf(`(() => {
			const plot = document.querySelector(".plot canvas");
			const canvas = new OffscreenCanvas(plot.width, plot.height); // a copy, which may be read often
			canvas.getContext("2d", { willReadFrequently: true }).drawImage(plot, 0, 0);
			const style = getComputedStyle(document.documentElement).getPropertyValue("--chart-%d").trim();
			const wanted = [1, 3, 5].map((at) => parseInt(style.slice(at, at + 2), 16));
			const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
			let seen = 0;
			for (let at = 0; at < data.length; at += 4) if (wanted.every((c, k) => Math.abs(data[at + k] - c) < 8)) seen++;
			return seen > 200;
		})()`, i))
	}
	b.screenshot("series")

	b.click(".legend button")
	b.until("one series in the legend", "document.querySelectorAll('.legend li').length === 1")
	b.press("Chart none")
	b.sees("Tick series below")
	b.click(".row details")
	b.sees("newest 10 of 60 held")
}

func TestDerivedMetricsAndHeartbeatsAreFound(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	assert.Equal(t, 202, send(t, "POST", lab.Wavefront.URL()+"/report?f=wavefront", textType,
		"\"∆tracing.derived.shop.cart.checkout.invocation.count\" 3 source=web-1\n\"~component.heartbeat\" 1 source=web-1 component=none\ncpu.load 1 source=web-1"))
	b := open(t, lab.API.URL()+"/#series", 1280, 900, "light")
	b.sees("3 series")
	b.press("RED metrics")
	b.until("what is derived", "document.querySelectorAll('.row').length === 1 && document.querySelector('.row').innerText.includes('shop.cart.checkout.invocation.count')")
	b.press("heartbeats")
	b.until("the heartbeat", "document.querySelectorAll('.row').length === 1 && document.querySelector('.row').innerText.includes('~component.heartbeat')")
}

func TestSignalFlowProgram(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	fill(t, lab)
	b := open(t, lab.API.URL()+"/#signalflow", 1280, 900, "light")
	write := func(program string) {
		eval[bool](b, "document.querySelector('#program').select() ?? true")
		b.do(chromedp.SendKeys(chromedp.CSS("#program"), program)) // over what is selected
		b.press("Run")
	}
	write("data('cpu.utilization').mean(by=['host']).publish('busy')")
	b.until("both hosts in the legend", "document.querySelectorAll('.legend li').length === 2")
	b.until("the plot", "document.querySelector('.plot canvas') !== null")
	b.sees("host=a")
	b.sees("running, at")
	b.sees("One job runs")
	b.screenshot("signalflow")

	write("A = data('cpu.utilization')\nB.publish()")
	b.sees("line 2, column 1: nothing has the name 'B'")
	assert.Contains(t, eval[string](b, "document.querySelector('#problem pre').textContent"), "\n^")
	b.screenshot("signalflow-error")
	write("detect(when(data('cpu.utilization') > 60)).publish('too busy')")
	b.until("the detector, what became of it and of which series", `(() => {
		const text = document.querySelector(".span summary")?.innerText ?? "";
		return text.includes("too busy") && text.includes("→") && text.includes("host=");
	})()`)
	b.screenshot("signalflow-detector")
	b.press("Stop")
	b.sees("stopped")
}

func TestFaultIsSwitchedOnAndSeen(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	b := open(t, lab.API.URL()+"/#faults", 1280, 900, "light")
	b.sees("No fault is switched on")
	b.do(chromedp.SetValue(chromedp.CSS("select[name=vendor]"), "librato"), chromedp.SetValue(chromedp.CSS("input[name=status]"), "503"),
		chromedp.SetValue(chromedp.CSS("input[name=retry_after]"), "7"), chromedp.SetValue(chromedp.CSS("input[name=count]"), "2"))
	b.press("Switch on")
	b.sees("A fault is switched on")
	b.sees("2 to go")
	b.screenshot("faults")

	const body = `{"gauges":[{"name":"m","value":1}]}`
	assert.Equal(t, 503, send(t, "POST", lab.Librato.URL()+"/v1/metrics", jsonType, body))
	assert.Equal(t, 202, send(t, "POST", lab.Wavefront.URL()+"/report", textType, "m 1 source=s"), "of another vendor")
	b.sees("acted on 1, 1 to go")
	b.press("Switch off")
	b.sees("No fault is switched on")
	assert.Equal(t, 200, send(t, "POST", lab.Librato.URL()+"/v1/metrics", jsonType, body))

	b.shows("requests")
	b.sees("status 503")
	b.until("no banner", "document.getElementById('banner').hidden")
	b.shows("faults")
	b.do(chromedp.SetValue(chromedp.CSS("input[name=status]"), "7"))
	b.press("Switch on")
	b.sees("status: 7 is not from 200 to 599")
	b.forgive("status of 400")
	b.press("2 s latency")
	b.press("Revoke every token")
	b.sees("2 faults are switched on")
	b.press("Switch all off")
	b.sees("No fault is switched on")
}

func TestWhatArrivedIsShownInFull(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	fill(t, lab)
	b := open(t, lab.API.URL()+"/#events", 1280, 900, "light")
	b.until("two lanes", "document.querySelectorAll('.lane').length === 2")
	b.sees("version=1.2.3")
	b.screenshot("events")

	b.shows("traces")
	b.click(".row summary")
	b.until("the waterfall", "document.querySelectorAll('.waterfall .bar').length === 2 && document.querySelectorAll('.waterfall .log').length === 1 && document.querySelectorAll('.bar.error').length === 1")
	b.sees("343.0 ms")
	b.screenshot("traces")

	b.shows("rejections")
	b.sees("WF-300")
	b.click(".row summary")
	b.sees("this is no line")
	b.screenshot("rejections")

	b.shows("requests")
	b.until("requests of all vendors", "document.querySelectorAll('.row .vendor.wavefront').length > 0")
	b.do(chromedp.SetValue(chromedp.CSS("select[aria-label=Vendor]"), "signalfx"))
	eval[bool](b, "document.querySelector('select[aria-label=Vendor]').dispatchEvent(new Event('change'))")
	b.until("only those of SignalFx", "document.querySelectorAll('.row .vendor').length > 0 && [...document.querySelectorAll('.row .vendor')].every((v) => v.textContent === 'SignalFx')")
	b.clickOne(".row summary", "/v2/event")
	b.sees("X-Sf-Token: some****")
	b.until("the decoded body", "document.querySelector('.bodies pre').textContent.includes('\"eventType\": \"deploy\"')")
	b.until("the raw body", "document.querySelector('.bodies section:last-child pre').textContent.startsWith('000000  5b 7b 22 63 61 74')")
	assert.NotContains(t, eval[string](b, "document.body.innerText"), "some-secret-token")
	b.screenshot("requests")

	b.shows("metadata")
	b.sees("owner=me")
	b.sees("production")
	b.shows("audit")
	b.sees("each once")
}

func TestReasonsOfVendorsStayApart(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	assert.Equal(t, 400, send(t, "POST", lab.SignalFx.URL()+"/v2/datapoint", jsonType, "no JSON"))
	assert.Equal(t, 400, send(t, "POST", lab.Librato.URL()+"/v1/metrics", jsonType, "no JSON"))
	b := open(t, lab.API.URL()+"/#rejections", 1280, 900, "light")
	b.until("both", "document.querySelectorAll('.row').length === 2 && document.querySelectorAll('.finds button').length === 2")
	b.click(".finds button[title=SignalFx]")
	b.until("SignalFx's only", "document.querySelectorAll('.row').length === 1 && document.querySelector('.row .vendor').textContent === 'SignalFx'")
	assert.Equal(t, 1, eval[int](b, "document.querySelectorAll('.finds button[aria-pressed=true]').length"))
}

// TestWaterfallIsReadableAtPhoneWidth looks for texts of the time axis that touch, for spans without room, and for a
// header that takes more lines than it needs.
func TestWaterfallIsReadableAtPhoneWidth(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	fill(t, lab)
	b := open(t, lab.API.URL()+"/#traces", 360, 740, "light")
	b.click(".row summary")
	b.until("the waterfall", "document.querySelectorAll('.waterfall .bar').length === 2")
	assert.True(t, eval[bool](b, `(() => {
		const ticks = [...document.querySelectorAll(".ticks > *")].filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect());
		return ticks.length >= 3 && ticks.every((tick, i) => i === 0 || tick.left > ticks[i - 1].right + 4);
	})()`), "the texts of the axis stand apart")
	assert.GreaterOrEqual(t, eval[float64](b, "document.querySelector('.track').getBoundingClientRect().width"), 200.0)
	assert.InDelta(t, eval[float64](b, "document.querySelector('.ticks').getBoundingClientRect().width"),
		eval[float64](b, "document.querySelector('.track').getBoundingClientRect().width"), 1, "the axis is as wide as what it measures")
	assert.True(t, eval[bool](b, `(() => {
		const [brand, actions] = [".brand", ".actions"].map((name) => document.querySelector(name).getBoundingClientRect());
		return actions.left >= brand.right && brand.height < 40;
	})()`), "name and buttons share one line")
	b.screenshot("waterfall-phone")
}

func TestPageSaysWhatLeftTheMemory(t *testing.T) {
	lab := start(t, vendorlab.Config{Options: store.Options{Limits: store.Limits{Series: 2, PointsPerSeries: 10, Requests: 4}}})
	fill(t, lab)
	b := open(t, lab.API.URL(), 1280, 900, "light")
	b.sees("older data has left it")
	b.shows("requests")
	b.sees("The memory holds the newest 4")
	b.shows("series")
	b.sees("older series have left it")
}

func TestPageStopsAndGoesOn(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	b := open(t, lab.API.URL(), 1280, 900, "light")
	b.press("Pause")
	b.sees("paused")
	b.press("Pause")
	b.until("live again", "document.getElementById('status').textContent === 'live'")
	lab.Close()
	b.sees("the lab does not answer")
	b.forgive("net::ERR_CONNECTION_REFUSED", "net::ERR_CONNECTION_RESET", "net::ERR_EMPTY_RESPONSE")
}

// TestEveryViewFits looks at phone width and at a desktop's, in both color schemes.
func TestEveryViewFits(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	fill(t, lab)
	background := map[string]string{}
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"phone", 390, 844}, {"desktop", 1280, 900}} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(size.name+" "+scheme, func(t *testing.T) {
				b := open(t, lab.API.URL(), size.width, size.height, scheme)
				background[scheme] = eval[string](b, "getComputedStyle(document.body).backgroundColor")
				for _, view := range views {
					b.shows(view)
					b.until("content", "document.getElementById('main').innerText.length > 20")
					assert.LessOrEqual(t, eval[int](b, "document.documentElement.scrollWidth"), int(size.width), "%s is wider than the screen", view)
					b.screenshot(fmt.Sprintf("%s-%s-%s", view, size.name, scheme))
				}
			})
		}
	}
	assert.NotEqual(t, background["light"], background["dark"])
}

// TestKeyboardReachesEverything presses Tab until the focus is back at the start.
func TestKeyboardReachesEverything(t *testing.T) {
	lab := start(t, vendorlab.Config{})
	fill(t, lab)
	b := open(t, lab.API.URL(), 1280, 900, "light")
	b.do(chromedp.KeyEvent(kb.Tab))
	assert.Equal(t, "Skip to the content", eval[string](b, "document.activeElement.textContent"))
	b.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	b.until("the second link's view", "location.hash === '#series'")

	for _, view := range views {
		b.shows(view)
		b.press("Pause") // so that nothing is replaced meanwhile
		b.until("paused", "document.getElementById('status').textContent === 'paused'")
		eval[bool](b, `(() => {
			document.activeElement.blur();
			window.missed = new Set([...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter((e) => e.checkVisibility() && !e.disabled && !e.classList.contains("skip")));
			return true;
		})()`)
		all := eval[int](b, "missed.size")
		for range all + 20 {
			b.do(chromedp.KeyEvent(kb.Tab))
			if eval[bool](b, "missed.delete(document.activeElement), missed.size === 0") {
				break
			}
		}
		assert.Empty(t, eval[[]string](b, "[...missed].map((e) => e.outerHTML.slice(0, 120))"), "%s: not reached by keyboard", view)
		b.press("Pause")
	}

	// A row opens by keyboard, and a series is charted by it.
	b.shows("series")
	b.until("rows", "document.querySelector('.tick input') !== null")
	b.do(chromedp.Focus(chromedp.CSS(".tick input")), chromedp.KeyEvent(" "))
	b.until("a chart", "document.querySelectorAll('.legend li').length === 1")
	b.do(chromedp.Focus(chromedp.CSS(".row summary")), chromedp.KeyEvent(kb.Enter))
	b.sees("Timestamp (UTC)")
}

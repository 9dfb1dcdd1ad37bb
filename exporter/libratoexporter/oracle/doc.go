// Package oracle sends the same points through this exporter and through Telegraf's
// outputs/librato, which speaks the source dialect: they must say the same, and the
// benchmark times both in one run.
package oracle

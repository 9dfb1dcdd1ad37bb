package dimensions

// Update says what is to be changed about one dimension. The Updater does not keep its maps.
type Update struct {
	// Token is the access token of the organization; empty means the configured one.
	Token string
	// Key and Value name the dimension; neither may be empty.
	Key, Value string
	// Properties are set, or, when nil, removed.
	Properties map[string]*string
	// Tags are added when true, removed when false.
	Tags map[string]bool

	// Complete says that the source states everything it knows of the object, so that
	// what it stated before and does not name now is removed.
	Complete bool
	// Deleted says that the object behind the dimension is gone. Nothing else is set.
	Deleted bool
}

// Set sets a property, or removes it when the text is empty.
func (u *Update) Set(name, text string) {
	if text == "" {
		u.property(name, nil)
		return
	}
	u.property(name, &text)
}

// Add sets a property, or adds the name as a tag when the text is empty (upstream
// exporter: an attribute without a value is a tag).
func (u *Update) Add(name, text string) {
	if text != "" {
		u.property(name, &text)
		return
	}
	if u.Tags == nil {
		u.Tags = make(map[string]bool)
	}
	u.Tags[name] = true
}

func (u *Update) property(name string, text *string) {
	if u.Properties == nil {
		u.Properties = make(map[string]*string)
	}
	u.Properties[name] = text
}

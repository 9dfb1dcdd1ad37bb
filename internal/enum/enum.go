// Package enum lists the values of enumerations.
package enum

// Below returns the values of an enumeration that begins at 0 and ends before end.
func Below[E ~uint8](end E) []E {
	all := make([]E, end)
	for i := range all {
		all[i] = E(i)
	}
	return all
}

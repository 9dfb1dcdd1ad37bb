package translate

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// HostID is the dimension that identifies a host to the vendor.
type HostID struct{ Key, Value string }

// HostIDOf returns the host's identity: that of the cloud, or else the host's name.
// It reports false when the resource has neither.
func HostIDOf(attributes pcommon.Map) (HostID, bool) {
	if id, ok := cloudIDOf(attributes); ok {
		return id, true
	}
	if name := text(attributes, "host.name"); name != "" {
		return HostID{"host.name", name}, true
	}
	return HostID{}, false
}

// cloudIDOf returns the dimension that the vendor's cloud integrations use for a host.
func cloudIDOf(attributes pcommon.Map) (HostID, bool) {
	account, host := text(attributes, "cloud.account.id"), text(attributes, "host.id")
	switch text(attributes, "cloud.provider") {
	case "aws":
		region := text(attributes, "cloud.region")
		return HostID{"AWSUniqueId", host + "_" + region + "_" + account}, host != "" && region != "" && account != ""
	case "gcp":
		return HostID{"gcp_id", account + "_" + host}, account != "" && host != ""
	case "azure":
		return azureIDOf(attributes, account)
	}
	return HostID{}, false
}

// azureIDOf returns the resource id without its leading slash and "subscriptions/".
func azureIDOf(attributes pcommon.Map, account string) (HostID, bool) {
	group, vm := text(attributes, "azure.resourcegroup.name"), text(attributes, "azure.vm.name")
	if account == "" || group == "" || vm == "" {
		return HostID{}, false
	}
	path := account + "/" + group + "/microsoft.compute/"
	if set := text(attributes, "azure.vm.scaleset.name"); set != "" {
		path += "virtualmachinescalesets/" + set + "/virtualmachines/" + strings.TrimPrefix(vm, set+"_")
	} else {
		path += "virtualmachines/" + vm
	}
	return HostID{"azure_resource_id", strings.ToLower(path)}, true
}

func text(attributes pcommon.Map, key string) string {
	if v, ok := attributes.Get(key); ok && v.Type() == pcommon.ValueTypeStr {
		return v.Str()
	}
	return ""
}

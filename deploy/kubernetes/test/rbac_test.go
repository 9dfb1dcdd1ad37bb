package manifests

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	rbacv1 "k8s.io/api/rbac/v1"
)

// permission is a verb on a resource, such as "get /pods" or "update coordination.k8s.io/leases[otelcol-cluster]"; one that holds in the
// pod's namespace only ends in "@".
type permission = string

func permissions(group, resources, verbs string) []permission {
	var all []permission
	for resource := range strings.FieldsSeq(resources) {
		for verb := range strings.FieldsSeq(verbs) {
			all = append(all, verb+" "+group+"/"+resource)
		}
	}
	return all
}

// needs says what a component asks of the API server with the given settings. From the components' own documentation, checked against their
// code: k8s_attributes watches namespaces, nodes and workloads only for what is asked of them; a lease is got, created and updated.
func needs(component string, settings map[string]any) []permission {
	switch kind, _, _ := strings.Cut(component, "/"); kind {
	case "kubeletstats":
		all := permissions("", "nodes/stats", "get")
		if settings["extra_metadata_labels"] != nil {
			all = append(all, permissions("", "nodes/pods", "get")...)
		}
		if settings["k8s_api_config"] != nil {
			all = append(all, permissions("", "persistentvolumeclaims persistentvolumes", "get")...)
		}
		return all
	case "k8s_attributes":
		all := permissions("", "pods", "get list watch")
		extract, _ := settings["extract"].(map[string]any)
		metadata, _ := extract["metadata"].([]any)
		if slices.Contains(metadata, any("k8s.cluster.uid")) || extract["labels"] != nil || extract["annotations"] != nil {
			all = append(all, permissions("", "namespaces", "get list watch")...)
		}
		if slices.Contains(metadata, any("k8s.node.uid")) {
			all = append(all, permissions("", "nodes", "get list watch")...)
		}
		if slices.Contains(metadata, any("k8s.deployment.uid")) {
			all = append(all, permissions("apps", "replicasets", "get list watch")...)
		}
		return all
	case "k8s_cluster":
		return slices.Concat(
			permissions("", "namespaces nodes pods replicationcontrollers resourcequotas services", "get list watch"),
			permissions("apps", "daemonsets deployments replicasets statefulsets", "get list watch"),
			permissions("batch", "cronjobs jobs", "get list watch"),
			permissions("autoscaling", "horizontalpodautoscalers", "get list watch"),
		)
	case "k8s_leader_elector":
		lease, _ := settings["lease_name"].(string)
		return []permission{
			"create coordination.k8s.io/leases@",
			"get coordination.k8s.io/leases[" + lease + "]@",
			"update coordination.k8s.io/leases[" + lease + "]@",
		}
	}
	return nil
}

func TestRolesAllowWhatTheComponentsNeedAndNothingElse(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		for _, w := range o.workloads {
			var needed []permission
			configuration := parts(t, o, w)
			for _, section := range []string{"extensions", "receivers", "processors", "exporters"} {
				components, _ := configuration[section].(map[string]any)
				for name, c := range components {
					settings, _ := c.(map[string]any)
					needed = append(needed, needs(name, settings)...)
				}
			}
			var given []permission
			for _, b := range o.bindings {
				if slices.ContainsFunc(b.subjects, func(s rbacv1.Subject) bool { return s.Name == w.pod.ServiceAccountName }) {
					given = append(given, granted(o.roles[b.role], b.cluster)...)
				}
			}
			assert.ElementsMatch(t, needed, given, w.name)

			account := o.accounts[w.pod.ServiceAccountName].AutomountServiceAccountToken
			mounts := account == nil || *account
			assert.Equal(t, len(needed) > 0, mounts, "the token of account %s is mounted though it is not needed, or is not though it is", w.pod.ServiceAccountName)
		}
	})
}

func granted(rules []rbacv1.PolicyRule, cluster bool) []permission {
	var all []permission
	for _, rule := range rules {
		for _, group := range rule.APIGroups {
			for _, p := range permissions(group, strings.Join(rule.Resources, " "), strings.Join(rule.Verbs, " ")) {
				if len(rule.ResourceNames) > 0 {
					p += "[" + strings.Join(rule.ResourceNames, ",") + "]"
				}
				if !cluster {
					p += "@"
				}
				all = append(all, p)
			}
		}
		all = append(all, rule.NonResourceURLs...)
	}
	return all
}

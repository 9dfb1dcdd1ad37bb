package manifests

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestObjectsFitTogether(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		require.NotEmpty(t, o.workloads)
		for object, namespace := range o.objectsIn {
			kind, _, _ := strings.Cut(object, "/")
			if kind != "Namespace" && !strings.HasPrefix(kind, "Cluster") {
				assert.True(t, o.namespaces[namespace], "%s is in namespace %q, which the overlay does not make", object, namespace)
			}
		}
		for _, w := range o.workloads {
			assert.NotEmpty(t, o.workloadsOf(w.selector), "the selector of %s chooses no pods of its own", w.name)
			assert.Contains(t, o.accounts, w.pod.ServiceAccountName, "the account of %s", w.name)
			for _, spread := range w.pod.TopologySpreadConstraints {
				assert.NotEmpty(t, o.workloadsOf(spread.LabelSelector.MatchLabels), "a spread constraint of %s chooses nothing", w.name)
			}
			checkReferences(t, o, w)
		}
		for _, s := range o.services {
			chosen := o.workloadsOf(s.Spec.Selector)
			require.Len(t, chosen, 1, "service %s", s.Name)
			for _, port := range s.Spec.Ports {
				assert.Contains(t, ports(chosen[0]), port.TargetPort.StrVal, "service %s", s.Name)
			}
		}
		for _, a := range o.autoscalers {
			target := o.objectsIn[a.Spec.ScaleTargetRef.Kind+"/"+a.Spec.ScaleTargetRef.Name]
			assert.Equal(t, a.Namespace, target, "what autoscaler %s scales", a.Name)
		}
		for _, b := range o.budgets {
			assert.Len(t, o.workloadsOf(b.Spec.Selector.MatchLabels), 1, "budget %s", b.Name)
		}
		for _, b := range o.bindings {
			assert.Contains(t, o.roles, b.role)
			for _, s := range b.subjects {
				assert.Contains(t, o.accounts, s.Name)
				assert.True(t, o.namespaces[s.Namespace], "%s binds an account of namespace %q", b.role, s.Namespace)
			}
		}
	})
}

// The namespace, the registry with its password, the cluster's name and the vendor, without a change in the manifests.
func TestAFolderOfOnesOwnSaysWhatDiffers(t *testing.T) {
	o := build(t, "mine", sample(t))
	assert.Equal(t, map[string]bool{"monitoring": true}, o.namespaces)
	for object, namespace := range o.objectsIn {
		assert.NotEqual(t, "observability", namespace, object)
	}
	require.NotEmpty(t, o.workloads)
	for _, w := range o.workloads {
		assert.Equal(t, "registry.example.com/monitoring/otelcol-custom:0.1.0", w.pod.Containers[0].Image, w.name)
		assert.Equal(t, "production", variables(t, o, w)["CLUSTER_NAME"], w.name)
		assert.Equal(t, []corev1.LocalObjectReference{{Name: "registry"}}, o.accounts[w.pod.ServiceAccountName].ImagePullSecrets, w.name)
		assert.Contains(t, parts(t, o, w)["exporters"], "wavefront", w.name)
	}
}

func ports(w workload) []string {
	var names []string
	for _, port := range w.pod.Containers[0].Ports {
		names = append(names, port.Name)
	}
	return names
}

// checkReferences makes sure that volumes and variables come from what the overlay has, and secrets from outside.
func checkReferences(t *testing.T, o *overlay, w workload) {
	t.Helper()
	volumes := map[string]bool{}
	for _, v := range w.pod.Volumes {
		volumes[v.Name] = true
		if v.ConfigMap != nil {
			assert.Contains(t, o.configMaps, v.ConfigMap.Name, "volume %s of %s", v.Name, w.name)
		}
		if v.PersistentVolumeClaim != nil {
			assert.Contains(t, o.claims, v.PersistentVolumeClaim.ClaimName, "volume %s of %s", v.Name, w.name)
		}
	}
	for _, mount := range w.pod.Containers[0].VolumeMounts {
		assert.True(t, volumes[mount.Name], "%s mounts %s, which it does not have", w.name, mount.Name)
	}
	for _, variable := range w.pod.Containers[0].Env {
		if ref := variable.ValueFrom; ref != nil && ref.ConfigMapKeyRef != nil {
			m := o.configMaps[ref.ConfigMapKeyRef.Name]
			if assert.NotNil(t, m, "%s of %s", variable.Name, w.name) {
				assert.Contains(t, m.Data, ref.ConfigMapKeyRef.Key, "%s of %s", variable.Name, w.name)
			}
		}
		for _, word := range []string{"TOKEN", "SECRET", "PASSWORD"} {
			assert.False(t, strings.Contains(variable.Name, word) && variable.Value != "", "%s of %s is written out", variable.Name, w.name)
		}
	}
}

func TestPodsHaveNoMoreRightsThanTheyNeed(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		for _, w := range o.workloads {
			require.Len(t, w.pod.Containers, 1)
			c := w.pod.Containers[0]
			s := c.SecurityContext
			require.NotNil(t, s, w.name)
			assert.True(t, *s.ReadOnlyRootFilesystem, w.name)
			assert.False(t, *s.AllowPrivilegeEscalation, w.name)
			assert.Equal(t, []corev1.Capability{"ALL"}, s.Capabilities.Drop, w.name)
			assert.Empty(t, s.Capabilities.Add, w.name)
			assert.False(t, w.pod.HostNetwork || w.pod.HostPID || w.pod.HostIPC, w.name)
			for _, port := range c.Ports {
				assert.Zero(t, port.HostPort, w.name)
			}
			if w.name == "otelcol-agent" { // reads what belongs to the node's root
				assert.Equal(t, corev1.SeccompProfileTypeRuntimeDefault, s.SeccompProfile.Type)
				continue
			}
			require.NotNil(t, w.pod.SecurityContext, w.name)
			assert.True(t, *w.pod.SecurityContext.RunAsNonRoot, w.name)
			assert.NotZero(t, *w.pod.SecurityContext.RunAsUser, w.name)
			assert.Equal(t, corev1.SeccompProfileTypeRuntimeDefault, w.pod.SecurityContext.SeccompProfile.Type, w.name)
			for _, v := range w.pod.Volumes {
				assert.Nil(t, v.HostPath, "%s mounts the node's %v", w.name, v.HostPath)
			}
		}
	})
}

func TestHostFoldersAreReadOnlyExceptTheAgentsOwn(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		for _, w := range o.workloads {
			paths := map[string]string{}
			for _, v := range w.pod.Volumes {
				if v.HostPath != nil {
					paths[v.Name] = v.HostPath.Path
				}
			}
			for _, mount := range w.pod.Containers[0].VolumeMounts {
				if path := paths[mount.Name]; path != "" && path != "/var/lib/otelcol" {
					assert.True(t, mount.ReadOnly, "%s may write %s", w.name, path)
				}
			}
		}
	})
}

func TestMemoryIsBounded(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		for _, w := range o.workloads {
			c := w.pod.Containers[0]
			limit := c.Resources.Limits.Memory().Value()
			require.NotZero(t, limit, w.name)
			assert.NotZero(t, c.Resources.Requests.Memory().Value(), w.name)
			assert.NotZero(t, c.Resources.Requests.Cpu().MilliValue(), w.name)
			var soft string
			for _, variable := range c.Env {
				if variable.Name == "GOMEMLIMIT" {
					soft = variable.Value
				}
			}
			assert.InDelta(t, 0.8, float64(bytes(t, soft))/float64(limit), 0.01, "GOMEMLIMIT of %s is %q", w.name, soft)
		}
	})
}

func TestProbesAskTheHealthPort(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		for _, w := range o.workloads {
			c := w.pod.Containers[0]
			for kind, probe := range map[string]*corev1.Probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe} {
				if assert.NotNil(t, probe, "%s probe of %s", kind, w.name) {
					assert.Equal(t, "health", probe.HTTPGet.Port.StrVal, "%s probe of %s", kind, w.name)
				}
			}
			assert.Contains(t, ports(w), "health", w.name)
		}
	})
}

// This and what follows are promises of the README that a valid manifest could still break.
func TestTheAgentRunsOnEveryNodeAndKeepsItsQueueThere(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		for _, w := range o.workloads {
			if w.name != "otelcol-agent" {
				continue
			}
			assert.Equal(t, "DaemonSet", w.kind)
			assert.Equal(t, []corev1.Toleration{{Operator: corev1.TolerationOpExists}}, w.pod.Tolerations, "every taint")
			configuration := parts(t, o, w)
			extensions := configuration["extensions"].(map[string]any)
			for name, exporter := range configuration["exporters"].(map[string]any) {
				queue, _ := exporter.(map[string]any)["sending_queue"].(map[string]any)
				storage, _ := queue["storage"].(string)
				if assert.Contains(t, extensions, storage, "the queue of %s is on disk", name) {
					assert.True(t, onTheNode(w, extensions[storage].(map[string]any)["directory"].(string)), "the queue of %s is on the node's disk", name)
				}
			}
		}
	})
}

func onTheNode(w workload, directory string) bool {
	for _, mount := range w.pod.Containers[0].VolumeMounts {
		for _, v := range w.pod.Volumes {
			if mount.MountPath == directory && v.Name == mount.Name && v.HostPath != nil && !mount.ReadOnly {
				return true
			}
		}
	}
	return false
}

func TestGatewaysScaleAndShareTheLoad(t *testing.T) {
	eachOverlay(t, func(t *testing.T, o *overlay) {
		if !slices.ContainsFunc(o.workloads, func(w workload) bool { return w.name == "otelcol-gateway" }) {
			return
		}
		require.Len(t, o.autoscalers, 1)
		assert.GreaterOrEqual(t, *o.autoscalers[0].Spec.MinReplicas, int32(2))
		assert.Len(t, o.budgets, 1)
		for _, w := range o.workloads {
			exporters, _ := parts(t, o, w)["exporters"].(map[string]any)
			settings, _ := exporters["otlp_grpc"].(map[string]any)
			if settings == nil {
				continue
			}
			assert.Equal(t, "round_robin", settings["balancer_name"])
			host, found := strings.CutPrefix(settings["endpoint"].(string), "dns:///")
			assert.True(t, found, "all addresses: %s", host)
			name, _, _ := strings.Cut(host, ".")
			headless := slices.ContainsFunc(o.services, func(s *corev1.Service) bool { return s.Name == name && s.Spec.ClusterIP == corev1.ClusterIPNone })
			assert.True(t, headless, "%s is a service that gives all addresses", name)
		}
	})
}

// Of two pods one works: what reads from the cluster or from SignalFlow asks the lease.
func TestOneOfTwoPodsWorks(t *testing.T) {
	elected := map[string]string{"k8s_cluster": "k8s_leader_elector", "signalflow": "leader_elector"}
	seen := map[string]bool{}
	eachOverlay(t, func(t *testing.T, o *overlay) {
		for _, w := range o.workloads {
			receivers, _ := parts(t, o, w)["receivers"].(map[string]any)
			for name, key := range elected {
				settings, _ := receivers[name].(map[string]any)
				if settings == nil {
					continue
				}
				seen[name] = true
				assert.Equal(t, "k8s_leader_elector", settings[key], "%s of %s", name, w.name)
				if assert.NotNil(t, w.replicas, w.name) {
					assert.Equal(t, int32(2), *w.replicas, w.name)
				}
			}
			if receivers["signalflow"] != nil {
				assert.True(t, slices.ContainsFunc(w.pod.Volumes, func(v corev1.Volume) bool { return v.PersistentVolumeClaim != nil }), "checkpoints of both pods")
				assert.Equal(t, "file_storage", receivers["signalflow"].(map[string]any)["storage"])
			}
		}
	})
	assert.Len(t, seen, len(elected))
}

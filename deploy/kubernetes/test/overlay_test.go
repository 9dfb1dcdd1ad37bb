package manifests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const overlays = "../overlays"

// overlay is what `kubectl apply -k` would send, by kind.
type overlay struct {
	workloads    []workload
	configMaps   map[string]*corev1.ConfigMap
	services     []*corev1.Service
	accounts     map[string]*corev1.ServiceAccount
	roles        map[string][]rbacv1.PolicyRule // by "Kind/name"
	bindings     []binding
	autoscalers  []*autoscalingv2.HorizontalPodAutoscaler
	budgets      []*policyv1.PodDisruptionBudget
	claims       map[string]*corev1.PersistentVolumeClaim
	namespaces   map[string]bool
	objectsIn    map[string]string // namespace by "Kind/name", of what has one
	kindsDecoded []string
}

// workload is a DaemonSet, Deployment or StatefulSet.
type workload struct {
	kind, name string
	selector   map[string]string
	labels     map[string]string // of its pods
	pod        corev1.PodSpec
	replicas   *int32
}

type binding struct {
	cluster  bool
	role     string // "Kind/name"
	subjects []rbacv1.Subject
}

// others are the vendors that an overlay may send to in place of SignalFx. No gateway makes the differences that Librato wants.
var others = map[string][]string{"agent": {"wavefront", "librato"}, "gateway": {"wavefront"}, "kafka": {"wavefront"}}

// eachOverlay runs a test for every overlay, for every vendor that the README tells to send to, and for the README's example of a folder
// of one's own.
func eachOverlay(t *testing.T, test func(t *testing.T, o *overlay)) {
	t.Helper()
	folders, err := os.ReadDir(overlays)
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	for _, folder := range folders {
		kustomization := read(t, filepath.Join(overlays, folder.Name(), "kustomization.yaml"))
		t.Run(folder.Name(), func(t *testing.T) { test(t, build(t, folder.Name(), kustomization)) })
		for _, vendor := range others[folder.Name()] {
			t.Run(folder.Name()+" to "+vendor, func(t *testing.T) {
				test(t, build(t, folder.Name(), strings.ReplaceAll(kustomization, "to-signalfx", "to-"+vendor)))
			})
		}
	}
	t.Run("a folder of one's own", func(t *testing.T) { test(t, build(t, "mine", sample(t))) })
}

// sample is the kustomization that the README shows.
func sample(t *testing.T) string {
	t.Helper()
	_, text, found := strings.Cut(read(t, "../README.md"), "```yaml\n")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "```")
	return text
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// tree is a copy of the manifests in memory.
func tree(t *testing.T) filesys.FileSystem {
	t.Helper()
	files := filesys.MakeFsInMemory()
	require.NoError(t, filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		return files.WriteFile(filepath.Join("/", path), []byte(read(t, path)))
	}))
	return files
}

// build is what `kubectl kustomize` prints for an overlay, decoded as the API server does when it is strict: an unknown field is an error.
func build(t *testing.T, name, kustomization string) *overlay {
	t.Helper()
	files, folder := tree(t), filepath.Join("/overlays", name)
	require.NoError(t, files.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(kustomization)))
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, folder)
	require.NoError(t, err)

	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, rbacv1.AddToScheme, autoscalingv2.AddToScheme, policyv1.AddToScheme,
	} {
		require.NoError(t, add(scheme))
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()

	o := &overlay{
		configMaps: map[string]*corev1.ConfigMap{}, accounts: map[string]*corev1.ServiceAccount{}, roles: map[string][]rbacv1.PolicyRule{},
		claims: map[string]*corev1.PersistentVolumeClaim{}, namespaces: map[string]bool{}, objectsIn: map[string]string{},
	}
	for _, resource := range resources.Resources() {
		text, err := resource.AsYAML()
		require.NoError(t, err)
		object, kind, err := decoder.Decode(text, nil, nil)
		require.NoError(t, err, "%s", text)
		o.kindsDecoded = append(o.kindsDecoded, kind.Kind)
		o.objectsIn[kind.Kind+"/"+resource.GetName()] = resource.GetNamespace()
		o.add(t, object)
	}
	return o
}

func (o *overlay) add(t *testing.T, object runtime.Object) {
	t.Helper()
	switch x := object.(type) {
	case *appsv1.DaemonSet:
		o.workloads = append(o.workloads, workload{"DaemonSet", x.Name, x.Spec.Selector.MatchLabels, x.Spec.Template.Labels, x.Spec.Template.Spec, nil})
	case *appsv1.Deployment:
		o.workloads = append(o.workloads, workload{"Deployment", x.Name, x.Spec.Selector.MatchLabels, x.Spec.Template.Labels, x.Spec.Template.Spec, x.Spec.Replicas})
	case *corev1.ConfigMap:
		o.configMaps[x.Name] = x
	case *corev1.Service:
		o.services = append(o.services, x)
	case *corev1.ServiceAccount:
		o.accounts[x.Name] = x
	case *corev1.Namespace:
		o.namespaces[x.Name] = true
	case *corev1.PersistentVolumeClaim:
		o.claims[x.Name] = x
	case *rbacv1.ClusterRole:
		o.roles["ClusterRole/"+x.Name] = x.Rules
	case *rbacv1.Role:
		o.roles["Role/"+x.Name] = x.Rules
	case *rbacv1.ClusterRoleBinding:
		o.bindings = append(o.bindings, binding{true, x.RoleRef.Kind + "/" + x.RoleRef.Name, x.Subjects})
	case *rbacv1.RoleBinding:
		o.bindings = append(o.bindings, binding{false, x.RoleRef.Kind + "/" + x.RoleRef.Name, x.Subjects})
	case *autoscalingv2.HorizontalPodAutoscaler:
		o.autoscalers = append(o.autoscalers, x)
	case *policyv1.PodDisruptionBudget:
		o.budgets = append(o.budgets, x)
	default:
		// A Secret above all: what is secret is named in manifests, and never in them.
		t.Errorf("%T is not expected in an overlay", object)
	}
}

// workloadsOf are those that a selector chooses.
func (o *overlay) workloadsOf(selector map[string]string) []workload {
	var chosen []workload
	for _, w := range o.workloads {
		matches := len(selector) > 0
		for key, value := range selector {
			matches = matches && w.labels[key] == value
		}
		if matches {
			chosen = append(chosen, w)
		}
	}
	return chosen
}

{{/* Whether the guard rails are rendered: the applier is, and the API server has the kind or the values say that it has. */}}
{{- define "waypass.guardRails.on" -}}
{{- $wanted := toString .Values.guardRails.enabled -}}
{{- if and .Values.applier.enabled (or (eq $wanted "true") (and (eq $wanted "auto") (.Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy"))) -}}
on
{{- end -}}
{{- end -}}

{{/* The ConfigMap that the applier writes: catalogued hosts, gateways and their namespaces. */}}
{{- define "waypass.guardRails.catalogue" -}}
{{- include "waypass.name" (merge (dict "component" "guard-rails") .) -}}
{{- end -}}

{{- define "waypass.guardRails.metadata" -}}
name: {{ printf "%s-%s" .Release.Name .rail }}
labels: {{- include "waypass.labels" (merge (dict "component" "guard-rails") .) | nindent 2 }}
{{- end -}}

{{/* Users that may write what the guard rails refuse to others: the applier, and those of the values. */}}
{{- define "waypass.guardRails.users" -}}
{{- $applier := printf "system:serviceaccount:%s:%s" .Release.Namespace (include "waypass.name" (merge (dict "component" "applier") .)) -}}
{{- $users := concat (list $applier) .Values.guardRails.exempt.users -}}
{{- range .Values.guardRails.exempt.serviceAccounts -}}
{{- $users = append $users (printf "system:serviceaccount:%s" (replace "/" ":" .)) -}}
{{- end -}}
{{- toJson $users -}}
{{- end -}}

{{/*
Who is judged, and of what. An update that changes neither content nor labels nor annotations is not judged, so that finalizers of what
was there before the guard rails can be removed. Deletions by controllers of the control plane pass: they follow a deletion of a namespace
or of an owner. So with "owned", a new owner is a change, too: one that does not exist makes the garbage collector delete the object. And so
is a new finalizer: it keeps Waypass from removing the object, an AuthorizationPolicy that lets an app through among them.
*/}}
{{- define "waypass.guardRails.conditions" -}}
- name: client-not-exempt
  expression: >-
    !(request.userInfo.username in {{ include "waypass.guardRails.users" . }}) &&
    !(has(request.userInfo.groups) && request.userInfo.groups.exists(group, group in {{ toJson .Values.guardRails.exempt.groups }}))
- name: no-cleanup-by-the-control-plane
  expression: >-
    request.operation != 'DELETE' || !(request.userInfo.username == 'system:kube-controller-manager' ||
    request.userInfo.username.startsWith('system:serviceaccount:kube-system:'))
- name: content-changes
  expression: >-
    request.operation != 'UPDATE' || dyn(object).?spec != dyn(oldObject).?spec || dyn(object).?data != dyn(oldObject).?data ||
    dyn(object).?binaryData != dyn(oldObject).?binaryData || dyn(object).?immutable != dyn(oldObject).?immutable ||
    dyn(object).?type != dyn(oldObject).?type || dyn(object).?rules != dyn(oldObject).?rules ||
    dyn(object).?roleRef != dyn(oldObject).?roleRef || dyn(object).?subjects != dyn(oldObject).?subjects ||
    dyn(object).metadata.?labels != dyn(oldObject).metadata.?labels ||
    dyn(object).metadata.?annotations != dyn(oldObject).metadata.?annotations
    {{- if .owned }} ||
    dyn(object).metadata.?ownerReferences.orValue([]).exists(owner,
    !dyn(oldObject).metadata.?ownerReferences.orValue([]).exists(known, known.uid == owner.uid)) ||
    dyn(object).metadata.?finalizers.orValue([]).exists(finalizer,
    !(finalizer in dyn(oldObject).metadata.?finalizers.orValue([])))
    {{- end }}
{{- end -}}

{{/* Last sentences of each refusal, as a CEL string: what to do. */}}
{{- define "waypass.guardRails.advice" -}}
{{- $portal := ternary "" (printf " (%s)" .Values.portal.publicUrl) (empty .Values.portal.publicUrl) -}}
{{- printf " What your app needs at this service is asked for in the Waypass portal%s. If a client has to write this itself, the platform team adds it to guardRails.exempt in Waypass's Helm values." $portal | toJson -}}
{{- end -}}

{{/* The binding of a policy; with "catalogue", the ConfigMap is its parameter, and nothing is judged while it is missing. */}}
{{- define "waypass.guardRails.binding" -}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{- include "waypass.guardRails.metadata" . | nindent 2 }}
spec:
  policyName: {{ printf "%s-%s" .Release.Name .rail }}
  {{- if .catalogue }}
  paramRef:
    name: {{ include "waypass.guardRails.catalogue" . }}
    namespace: {{ .Release.Namespace }}
    parameterNotFoundAction: Allow
  {{- end }}
  validationActions: {{ if eq .Values.guardRails.mode "warn" }}[Warn, Audit]{{ else }}[Deny]{{ end }}
{{- end -}}

{{/*
Hosts that an object claims, as a CEL list: lower case, without trailing dots. A VirtualService claims its hosts inside the mesh only
when it applies there, as one without gateways does, and one with an empty list of them.
*/}}
{{- define "waypass.guardRails.claimedHosts" -}}
((request.kind.kind == 'DestinationRule' ? [variables.spec.?host.orValue('')] :
request.kind.kind == 'XBackend' ? [variables.spec.?externalHostname.?hostname.orValue('')] :
request.kind.kind == 'VirtualService' && size(variables.spec.?gateways.orValue([])) > 0 && !variables.spec.gateways.exists(g, g == 'mesh') ? [] :
variables.spec.?hosts.orValue([])).map(host, host.lowerAscii().find('.*[^.]')))
{{- end -}}

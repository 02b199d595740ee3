{{- define "waypass.name" -}}
{{- printf "%s-%s" .Release.Name .component | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "waypass.labels" -}}
{{ include "waypass.selector" . }}
app.kubernetes.io/part-of: waypass
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{- define "waypass.selector" -}}
app.kubernetes.io/name: waypass
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "waypass.image" -}}
{{- $registry := ternary "" (printf "%s/" .Values.image.registry) (empty .Values.image.registry) -}}
{{- printf "%swaypass-%s:%s" $registry .component (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}

{{- define "waypass.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "waypass.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Without service links: a Service that happens to be called "server" would otherwise set SERVER_PORT in these pods. */}}
{{- define "waypass.podBasics" -}}
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* What the workloads have in common. `.` is the chart's root unless a part says otherwise. */ -}}

{{- define "contextfs.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- /* The labels of a part: (list root "gateway"). */ -}}
{{- define "contextfs.labels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: contextfs
app.kubernetes.io/instance: {{ $root.Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
{{- end -}}

{{- /* What selects the pods of a part: (list root "gateway"). */ -}}
{{- define "contextfs.selector" -}}
app.kubernetes.io/name: contextfs
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "contextfs.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag }}{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Nobody's rights: no user, no token, nothing to write on but /tmp. */ -}}
{{- define "contextfs.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.serviceAccount }}
serviceAccountName: {{ . | quote }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 256Mi}
{{- with .Values.files.claim }}
  - name: files
    persistentVolumeClaim: {claimName: {{ . | quote }}}
{{- end }}
{{- end -}}

{{- define "contextfs.container" -}}
image: {{ include "contextfs.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
{{- if .Values.files.claim }}
  - {name: files, mountPath: /var/lib/contextfs}
{{- end }}
{{- end -}}

{{- /* Settings by the names of their variables: (list root "CONTEXTFS_A" "CONTEXTFS_B" …) are read from the secret. */ -}}
{{- define "contextfs.settings" -}}
{{- $root := index . 0 -}}
{{- range $name := rest . }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef: {name: {{ $root.Values.secret | quote }}, key: {{ $name }}}
{{- end }}
{{- if $root.Values.files.claim }}
- name: CONTEXTFS_FILES
  value: /var/lib/contextfs
{{- end }}
{{- range $name, $value := $root.Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{- /* Secrets that not everybody has: (list root "CONTEXTFS_A" …) are read from the secret where they are in it. */ -}}
{{- define "contextfs.optional" -}}
{{- $root := index . 0 -}}
{{- range $name := rest . }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef: {name: {{ $root.Values.secret | quote }}, key: {{ $name }}, optional: true}
{{- end }}
{{- end -}}

{{- /* The models that are asked; the key of one is in the secret, if it needs one. */ -}}
{{- define "contextfs.models" -}}
{{- $root := . -}}
{{- with .Values.models }}
{{- $asked := dict "EMBEDDER" .embedder "RERANKER" .reranker "LANGUAGE_MODEL" .language }}
{{- range $kind, $model := $asked }}
{{- if $model.name }}
- name: CONTEXTFS_{{ $kind }}
  value: {{ $model.name | quote }}
- name: CONTEXTFS_{{ $kind }}_KEY
  valueFrom:
    secretKeyRef: {name: {{ $root.Values.secret | quote }}, key: CONTEXTFS_{{ $kind }}_KEY, optional: true}
{{- with $model.url }}
- name: CONTEXTFS_{{ $kind }}_URL
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .embedder.before }}
- name: CONTEXTFS_EMBEDDER_BEFORE
  value: {{ . | quote }}
{{- end }}
{{- if .language.name }}
- name: CONTEXTFS_LANGUAGE_MODEL_PRICES
  value: {{ .language.prices | quote }}
- name: CONTEXTFS_LANGUAGE_MODEL_CAP
  value: {{ .language.cap | quote }}
{{- end }}
{{- end }}
{{- end -}}

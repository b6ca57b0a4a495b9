"""The Kubernetes API of EKS clusters, as far as workloads go."""

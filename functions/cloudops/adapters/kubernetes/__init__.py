"""Adapter of the Kubernetes API of EKS clusters, for workloads and their autoscalers."""

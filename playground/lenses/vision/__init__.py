"""Looking into networks that see: filters, feature maps, patches, mistakes, and how classes come apart."""

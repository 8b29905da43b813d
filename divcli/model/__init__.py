"""The frozen objects that flow from the sources to the renderers."""

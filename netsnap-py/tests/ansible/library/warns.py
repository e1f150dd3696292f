#!/usr/bin/python
"""Warns, and then fails with an exception when it is told to."""

from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule({"text": {"type": "str"}, "fails": {"type": "bool", "default": False}}, supports_check_mode=True)
    text = module.params["text"]
    module.warn("be careful with " + text)
    module.deprecate("too old for " + text, version="99.0", collection_name="netsnap.tests")
    if module.params["fails"]:
        raise ValueError("no good: " + text)
    module.exit_json(changed=False)


if __name__ == "__main__":
    main()

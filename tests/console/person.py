"""Somebody who looks at the console, and does things there."""

from urllib.parse import quote

from playwright.sync_api import expect

# Chromium says so of every answer of 400 and more; those that matter are on the page.
ANSWERS = "Failed to load resource"
SETTLED_MS = 500


class Person:
    """page: what is seen. complaints: of the browser, about the page."""

    def __init__(self, context, url):
        self.context = context
        self.url = url.rstrip("/")
        self.complaints = []
        self.page = context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _said(self, message):
        if message.type in {"error", "warning"} and ANSWERS not in message.text:
            self.complaints.append(message.text)

    def log_in(self, name, password):
        self.page.goto(self.url + "/")
        self.page.get_by_label("User").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.press("Log in")

    def go(self, *names):
        """To a page, and to the thing of these names."""
        where = "/".join(quote(each, safe="") for each in names)
        self.page.goto(f"{self.url}/#/{where}")

    def settle(self):
        """Until what there is to be seen is there: the page is told of changes for ever."""
        expect(self.page.locator("main h1, main .empty").first).to_be_visible()
        self.page.wait_for_timeout(SETTLED_MS)

    def press(self, name, within=None):
        """A button."""
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def sure(self, name):
        """Press a button, and again where it asks whether it is meant."""
        self.press(name)
        self.press(name, within=self.page.get_by_role("dialog"))

    def fill(self, **told):
        """The fields of the form that is open."""
        for name, value in told.items():
            field = self.page.locator(f"dialog [name={name}], details[open] [name={name}]").last
            if field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value)
            elif isinstance(value, bool):
                field.set_checked(value)
            else:
                field.fill(value)

    def send(self, name):
        self.press(name, within=self.page.get_by_role("dialog"))

    # What is seen ----------------------------------------------------------------------------

    def heading(self, text):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def told(self, text):
        """What became of what was done."""
        expect(self.page.locator(".notice")).to_contain_text(text)

    def row(self, text):
        return self.page.get_by_role("row").filter(has_text=text)

    def sees(self, text):
        expect(self.page.get_by_text(text).first).to_be_visible()

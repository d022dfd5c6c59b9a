"""Who may do what: every mutation, with arguments that would do it, and who is answered what.

`DENIED`: the field is null with UNAUTHORIZED_FIELD_OR_TYPE through the router, UNAUTHENTICATED or FORBIDDEN at the subgraph.
`NotFound`: somebody else's does not exist. Words in braces are the names of things of the town.
"""

from dataclasses import dataclass

DENIED = "DENIED"
NOT_FOUND = "NotFound"
# Whoever is signed in; the arguments name nothing of anybody's.
SIGNED_IN = "other staff owner admin"


@dataclass(frozen=True)
class Deed:
    """One mutation: who may (and, when `by` names one of them, does, with this result), and what others are told."""

    subgraph: str
    call: str
    may: str
    others: str = DENIED
    by: str = ""
    result: str = ""

    @property
    def mutation(self) -> str:
        return self.call.partition("(")[0].strip()

    def told(self, viewer: str) -> str:
        """What this viewer is told, who may not."""
        return DENIED if viewer in ("anonymous", "guest") and self.mutation in AUTHENTICATED else self.others


_ADDRESS = '{name: "Eve", line1: "1 Elm", city: "Springfield", postalCode: "62701", country: "US"}'
_MONEY = '{amount: "1.00", currency: USD}'
_CARD = '{number: "4242424242424242", expMonth: 12, expYear: 2039, cvc: "123"}'
_SHIPPING = '{name: "Eve", line1: "1 Elm", city: "Springfield", postalCode: "62701", country: "US"}'
_CHECKOUT = (
    f'input: {{cartId: "{{cart}}", expectedTotal: {_MONEY}, email: "eve@example.org", shippingAddress: {_SHIPPING}, '
    f'payment: {{card: {_CARD}}}}}, idempotencyKey: "deeds-1"'
)
_PRODUCT = (
    'typeId: "type-device", categoryId: "cat-audio", slug: "deed", name: "Deed", '
    f'variants: [{{sku: "DEED-001", name: "Deed", basePrice: {_MONEY}}}]'
)

DEEDS = (
    Deed("users", "logout", SIGNED_IN),
    Deed("users", 'sessionRevoke(id: "{session}")', "owner", NOT_FOUND),
    Deed("users", 'updateProfile(input: {firstName: "Eve"})', SIGNED_IN, by="admin", result="UpdateProfileSuccess"),
    Deed("users", 'changePassword(currentPassword: "customer123", newPassword: "a much longer one")', SIGNED_IN),
    Deed("users", "verifyEmailRequest", SIGNED_IN, by="owner", result="AlreadyVerified"),
    Deed("users", 'deleteAccount(password: "customer123")', SIGNED_IN),
    Deed("users", 'userRolesSet(id: "user-alice", roles: ["customer", "admin"])', "admin"),
    Deed("users", f"addressAdd(input: {_ADDRESS})", SIGNED_IN, by="other", result="AddressAddSuccess"),
    Deed("users", f'addressUpdate(id: "address-customer", input: {_ADDRESS})', "owner", NOT_FOUND),
    Deed("users", 'addressMakeDefault(id: "address-customer")', "owner", NOT_FOUND, "owner", "AddressMakeDefaultSuccess"),
    Deed("users", 'addressRemove(id: "address-customer")', "owner", NOT_FOUND),
    Deed("users", 'wishlistAdd(itemId: "prod-mouse-001")', SIGNED_IN, by="other", result="WishlistAddSuccess"),
    Deed("users", 'wishlistRemove(id: "wish-demo-1")', "owner", NOT_FOUND, "owner", "WishlistRemoveSuccess"),
    # Staff's token says nothing of a verified address.
    Deed("users", "wishlistShare", "other owner admin", by="other", result="WishlistShareSuccess"),
    Deed("users", "wishlistUnshare", SIGNED_IN, by="other", result="WishlistUnshareSuccess"),
    Deed("products", f"productCreate(input: {{{_PRODUCT}}})", "admin", by="admin", result="ProductCreateSuccess"),
    Deed("products", 'productUpdate(input: {id: "prod-mouse-001", version: 1, name: "Eve"})', "admin"),
    Deed("products", 'productDelete(id: "prod-mouse-001", version: 1)', "admin"),
    Deed("products", 'imageUploadCreate(input: {productId: "prod-mouse-001", fileName: "a.png", contentType: "image/png", bytes: 9})',
         "admin", by="admin", result="ImageUploadCreateSuccess"),
    Deed("products", 'imageAttach(input: {uploadId: "x", productId: "prod-mouse-001", altText: "x"})', "admin",
         by="admin", result=NOT_FOUND),
    Deed("products", 'imageUpdate(input: {id: "x", altText: "x"})', "admin", by="admin", result=NOT_FOUND),
    Deed("products", 'imagesArrange(input: {productId: "x", imageIds: []})', "admin", by="admin", result=NOT_FOUND),
    Deed("products", 'imageRemove(id: "x")', "admin", by="admin", result=NOT_FOUND),
    Deed("products", 'categoryCreate(input: {slug: "deed", name: "Deed"})', "admin"),
    Deed("products", 'categoryUpdate(input: {id: "cat-audio", version: 1, slug: "deed", name: "Deed"})', "admin"),
    Deed("products", 'categoryMove(id: "cat-audio", version: 1)', "admin"),
    Deed("products", 'categoryDelete(id: "cat-gaming", version: 1)', "admin"),
    Deed("products", 'productTypeCreate(input: {name: "Deed", attributes: []})', "admin"),
    Deed("products", 'productTypeUpdate(input: {id: "type-game", version: 1, name: "Deed", attributes: []})', "admin"),
    Deed("products", 'productTypeDelete(id: "type-game", version: 1)', "admin"),
    Deed("products", 'bundleCreate(input: {slug: "deed", name: "Deed", items: [{sku: "MOUSE-001"}]})', "admin"),
    Deed("products", """bundleUpdate(input: {id: "bundle-desk-001", version: 1, slug: "deed", name: "Deed",
         items: [{sku: "MOUSE-001"}]})""", "admin"),
    Deed("products", 'bundleDelete(id: "bundle-desk-001", version: 1)', "admin"),
    Deed("inventory", 'stockSet(input: {sku: "GAME-001", warehouseId: "wh-east", onHand: 500, reason: "count"})', "admin",
         by="admin", result="StockSetSuccess"),
    Deed("inventory", 'stockAdjust(input: {sku: "GAME-001", warehouseId: "wh-east", by: 1, reason: "found"}, idempotencyKey: "deeds-1")',
         "admin", by="admin", result="StockAdjustSuccess"),
    Deed("inventory", 'stockThresholdSet(input: {sku: "GAME-001", lowStockThreshold: 3})', "admin",
         by="admin", result="StockThresholdSetSuccess"),
    Deed("inventory", 'warehouseCreate(input: {id: "wh-north", name: "North", priority: 9})', "admin", by="admin",
         result="WarehouseCreateSuccess"),
    Deed("inventory", 'warehouseUpdate(input: {id: "wh-west", name: "West", priority: 2})', "admin", by="admin",
         result="WarehouseUpdateSuccess"),
    Deed("cart", 'cartLineUpdate(lineId: "{cart line}", quantity: 9)', "owner", NOT_FOUND, "owner", "CartLineUpdateSuccess"),
    Deed("cart", 'cartLineRemove(lineId: "{cart line}")', "owner", NOT_FOUND),
    Deed("cart", "cartMerge", SIGNED_IN, by="staff", result="CartMergeSuccess"),
    Deed("orders", f"checkout({_CHECKOUT})", "owner", NOT_FOUND, "owner", "TotalChanged"),
    Deed("orders", 'orderCancel(orderId: "order-demo-confirmed")', "owner admin", NOT_FOUND),
    Deed("orders", 'orderShip(orderId: "order-demo-confirmed", idempotencyKey: "deeds-1")', "admin"),
    Deed("orders", 'orderDeliver(orderId: "order-demo-shipped")', "admin", by="admin", result="OrderDeliverSuccess"),
    Deed("orders", """orderReturnRequest(orderId: "order-demo-delivered", reason: "x", idempotencyKey: "deeds-1",
         lines: [{lineId: "order-demo-delivered-1", quantity: 1}])""", "owner admin", NOT_FOUND,
         "owner", "OrderReturnRequestSuccess"),
    Deed("orders", 'orderReturnDecline(returnId: "return-order-demo-return_requested", reason: "x")', "admin"),
    Deed("orders", """orderReturnReceive(returnId: "return-order-demo-return_requested",
         lines: [{lineId: "order-demo-return_requested-1", restock: 1, scrap: 0}])""", "admin"),
    Deed("orders", 'orderClaim(token: "not-a-token")', "", NOT_FOUND),
    Deed("payments", f'paymentRefund(paymentId: "payment-demo-delivered", amount: {_MONEY}, idempotencyKey: "deeds-1")',
         "admin", by="admin", result="PaymentRefundSuccess"),
    Deed("payments", 'paymentConfirm(paymentId: "payment-demo-awaiting_payment", code: "000000")', "owner admin", NOT_FOUND),
    Deed("payments", f'paymentMethodSave(input: {{card: {_CARD}}}, idempotencyKey: "deeds-1")', SIGNED_IN,
         by="other", result="PaymentMethodSaveSuccess"),
    Deed("payments", 'paymentMethodRemove(id: "method-demo-wallet")', "owner", NOT_FOUND, "owner", "PaymentMethodRemoveSuccess"),
    Deed("payments", 'paymentMethodMakeDefault(id: "method-demo-visa")', "owner", NOT_FOUND,
         "owner", "PaymentMethodMakeDefaultSuccess"),
    Deed("reviews", 'reviewCreate(input: {itemId: "prod-game-001", rating: 5, title: "x"})', SIGNED_IN,
         by="other", result="ReviewCreateSuccess"),
    Deed("reviews", 'reviewUpdate(input: {id: "review-demo-005", rating: 1, title: "x"})', "owner", NOT_FOUND),
    Deed("reviews", 'reviewRemove(id: "review-demo-005")', "owner", NOT_FOUND),
    Deed("reviews", 'reviewModerate(input: {id: "review-demo-005", decision: REJECT})', "admin"),
    Deed("reviews", 'reviewVoteHelpful(id: "review-demo-005")', SIGNED_IN, by="other",
         result="ReviewVoteHelpfulSuccess"),
)  # fmt: skip

# Signed in or not, everybody may ask these about themselves, or about a secret they hold.
OPEN = {
    "users": "register login refresh verifyEmail passwordResetRequest passwordReset",
    "cart": "cartLineAdd cartClear",
}
# For other subgraphs: the composed schema does not have them, and they are FORBIDDEN to the router's callers.
INTERNAL = {
    "inventory": (
        'stockReserve(input: {key: "deeds-1", lines: [{sku: "MOUSE-001", quantity: 1}]})',
        'stockCommit(key: "checkout-1")',
        'stockRelease(key: "checkout-1")',
    ),
    "payments": (
        f'paymentAuthorize(input: {{orderId: "x", owner: "x", amount: {_MONEY}, source: {{card: {_CARD}}}}}, idempotencyKey: "x")',
        f'paymentCapture(paymentId: "payment-demo-under_review", amount: {_MONEY}, idempotencyKey: "x")',
        'paymentVoid(idempotencyKey: "x")',
    ),
}
INTERNAL_QUERIES = {
    "products": ('skuOwners(skus: ["MOUSE-001"])',),
    "cart": ('cartSnapshot(id: "{cart}", customerId: "user-customer")',),
    "payments": ('paymentByKey(idempotencyKey: "demo")', f"paymentSourceProblem(source: {{card: {_CARD}}})"),
}
# Those marked @authenticated or more: a guest is denied, not told that nothing is there.
AUTHENTICATED = {deed.mutation for deed in DEEDS} - {
    "cartLineUpdate", "cartLineRemove", "checkout", "orderCancel", "orderReturnRequest", "paymentConfirm",
}  # fmt: skip

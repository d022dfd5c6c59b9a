// Written by `npm run generate -w core`; change ../schema.graphql or ../operations instead.

import type { Agrees } from "./agreement";
import { graphql } from "./graph";

/** Keeps an address; the first becomes the default. */
export const AddAddress = graphql(`mutation AddAddress($input:AddressInput!$makeDefault:Boolean=false){addressAdd(input:$input makeDefault:$makeDefault){__typename ...on AddressAddSuccess{address{id name line1 line2 city region postalCode country phone isDefault}}...on TooManyAddresses{limit}...on Refusal{code message field}}}`);

/** Puts a variant into the basket; a guest's first line answers the token the basket is known by. */
export const AddToCart = graphql(`mutation AddToCart($sku:String!$quantity:Int=1){cartLineAdd(sku:$sku quantity:$quantity){__typename ...on CartLineAddSuccess{cart{id token version itemCount subtotal{amount currency}lines{id quantity variant{sku}}}}...on Refusal{code message field}}}`);

/** Wishes for an item of the catalogue, perhaps in one variant. */
export const AddToWishlist = graphql(`mutation AddToWishlist($itemId:ID!$sku:String){wishlistAdd(itemId:$itemId sku:$sku){__typename ...on WishlistAddSuccess{wishlist{shareToken items{id addedAt item{id slug name}variant{sku name basePrice{amount currency}isAvailable}}}}...on TooManyWishes{limit}...on Refusal{code message field}}}`);

/** Adds to or takes from what lies in a warehouse, once per key; for administrators. */
export const AdjustStock = graphql(`mutation AdjustStock($input:StockAdjustInput!$idempotencyKey:String!){stockAdjust(input:$input idempotencyKey:$idempotencyKey){__typename ...on StockAdjustSuccess{stockLevel{sku onHand held committed available lowStockThreshold updatedAt warehouse{id name}}}...on StockPromised{promised}...on Refusal{code message field}}}`);

/** The shop at a glance for its administrators: stock that runs low, the newest orders, the revenue, reviews that wait. */
export const AdminDashboard = graphql(`query AdminDashboard($from:DateTime!$to:DateTime!$first:Int=10){lowStock(first:$first){edges{node{available variant{sku name product{id name}}warehouse{id name}}}}orders(first:$first){edges{node{id number status createdAt total{amount currency}chargeStatus customer{id displayName}}}}revenue(from:$from to:$to){total{amount currency}orderCount}reviewsToModerate(first:$first){edges{node{id rating title body author{id displayName}item{id name}}}}}`);

/** Announces a picture and answers where to send its file; for administrators. */
export const AnnounceImage = graphql(`mutation AnnounceImage($input:ImageUploadCreateInput!){imageUploadCreate(input:$input){__typename ...on ImageUploadCreateSuccess{upload{id url method headers{name value}expiresAt}}...on Refusal{code message field}}}`);

/** Puts a product's pictures in an order; for administrators. */
export const ArrangeImages = graphql(`mutation ArrangeImages($input:ImagesArrangeInput!){imagesArrange(input:$input){__typename ...on ImagesArrangeSuccess{product{id slug name description brand status isAvailable version attributes category{id slug name}type{id name}variants{id sku name basePrice{amount currency}attributes weightGrams dimensions{lengthMm widthMm heightMm}isAvailable}images{id url alt width height variants{url width height bytes}}}}...on Refusal{code message field}}}`);

/** Makes a picture of the file that was sent; for administrators. */
export const AttachImage = graphql(`mutation AttachImage($input:ImageAttachInput!){imageAttach(input:$input){__typename ...on ImageAttachSuccess{image{id url alt width height variants{url width height bytes}}product{id slug name description brand status isAvailable version attributes category{id slug name}type{id name}variants{id sku name basePrice{amount currency}attributes weightGrams dimensions{lengthMm widthMm heightMm}isAvailable}images{id url alt width height variants{url width height bytes}}}}...on TooManyImages{limit}...on Refusal{code message field}}}`);

/** One bundle with what is in it and what is said about it. */
export const BundlePage = graphql(`query BundlePage($id:ID!$first:Int=5){bundle(id:$id){id slug name description version basePrice{amount currency}items{sku quantity variant{sku name}}rating{average count histogram{stars count}}reviews(first:$first){edges{node{id rating title body author{id displayName}}}pageInfo{hasNextPage endCursor}}}}`);

/** Everything that is offered together, newest first. */
export const Bundles = graphql(`query Bundles($first:Int=20$after:String){bundles(first:$first after:$after){edges{node{id slug name basePrice{amount currency}rating{average count}}}pageInfo{hasNextPage endCursor}}}`);

/** Cancels an order before it is shipped; a guest brings its token. */
export const CancelOrder = graphql(`mutation CancelOrder($orderId:ID!$reason:String$token:String){orderCancel(orderId:$orderId reason:$reason token:$token){__typename ...on OrderCancelSuccess{order{id number status chargeStatus total{amount currency}refunded{amount currency}}}...on OrderNotPossible{status}...on Refusal{code message field}}}`);

/** The basket of whoever asks, customer or guest: each line's price when it was added beside the live one, and what is in the way. */
export const CartPage = graphql(`query CartPage{cart{id token version itemCount subtotal{amount currency}lines{id quantity priceSnapshot{amount currency}lineTotal{amount currency}variant{sku name basePrice{amount currency}availability{status availableQuantity}product{id slug name}}}problems{__typename message sku}}}`);

/** The catalogue as who keeps it sees it, drafts too, with the kinds of products; for administrators. */
export const CatalogueAdmin = graphql(`query CatalogueAdmin($first:Int=20$after:String$filter:ProductFilter){products(first:$first after:$after filter:$filter){totalCount edges{node{id slug name description brand status isAvailable version attributes category{id slug name}type{id name}variants{id sku name basePrice{amount currency}attributes weightGrams dimensions{lengthMm widthMm heightMm}isAvailable}images{id url alt width height variants{url width height bytes}}deletedAt}}pageInfo{hasNextPage endCursor}}productTypes{id name version attributes{name kind required ofVariant choices unit}}categories{id slug name description version parent{id slug}children{id slug name description version parent{id slug}}}}`);

/** A category with its place in the tree and the products in it, narrowed and sorted. */
export const CategoryPage = graphql(`query CategoryPage($slug:String!$filter:ProductFilter$sort:ProductSort$first:Int=20$after:String){category(slug:$slug){id slug name description parent{id slug name}children{id slug name}}products(filter:$filter sort:$sort first:$first after:$after){totalCount edges{node{id slug name inStock rating{average count}images{id url alt width height variants{url width height bytes}}variants{sku basePrice{amount currency}}}}pageInfo{hasNextPage endCursor}}}`);

/** Replaces the password and ends the other sessions. */
export const ChangePassword = graphql(`mutation ChangePassword($currentPassword:String!$newPassword:String!){changePassword(currentPassword:$currentPassword newPassword:$newPassword){__typename ...on ChangePasswordSuccess{sessionsEnded}...on TooManyAttempts{retryAfterSeconds}...on Refusal{code message field}}}`);

/** Turns a basket into an order: the same key always answers the same order, and a changed total is refused. */
export const Checkout = graphql(`mutation Checkout($input:CheckoutInput!$idempotencyKey:String!){checkout(input:$input idempotencyKey:$idempotencyKey){__typename ...on CheckoutSuccess{order{id number status token total{amount currency}lines{id sku name quantity lineTotal{amount currency}}chargeStatus balanceDue{amount currency}payments{id status}}paymentAction{paymentId url}}...on Refusal{code message field}...on CheckoutBusy{retryAfterSeconds}}}`);

/** What the checkout form is filled from: the basket, the person, their addresses and their ways to pay. */
export const CheckoutPage = graphql(`query CheckoutPage{me{id email firstName lastName phone addresses{id line1 line2 city region postalCode country isDefault}paymentMethods{__typename ...on CardPaymentMethod{id brand last4}}}cart{id token version itemCount subtotal{amount currency}lines{id quantity lineTotal{amount currency}variant{sku name availability{status availableQuantity}product{id name}}}problems{__typename message sku}}}`);

/** Makes an address the default. */
export const ChooseAddress = graphql(`mutation ChooseAddress($id:ID!){addressMakeDefault(id:$id){__typename ...on AddressMakeDefaultSuccess{address{id name line1 line2 city region postalCode country phone isDefault}}...on Refusal{code message field}}}`);

/** Makes a way to pay the default. */
export const ChoosePaymentMethod = graphql(`mutation ChoosePaymentMethod($id:ID!){paymentMethodMakeDefault(id:$id){__typename ...on PaymentMethodMakeDefaultSuccess{paymentMethod{__typename ...on CardPaymentMethod{id brand last4 expMonth expYear isDefault}...on WalletPaymentMethod{account brand id isDefault}}}...on Refusal{code message field}}}`);

/** Makes a guest's order the signed-in customer's. */
export const ClaimOrder = graphql(`mutation ClaimOrder($token:String!){orderClaim(token:$token){__typename ...on OrderClaimSuccess{order{id number status chargeStatus total{amount currency}refunded{amount currency}}}...on Refusal{code message field}}}`);

/** Takes everything out of the basket. */
export const ClearCart = graphql(`mutation ClearCart($cartVersion:Int){cartClear(cartVersion:$cartVersion){__typename ...on CartClearSuccess{cart{id token version itemCount subtotal{amount currency}lines{id quantity priceSnapshot{amount currency}lineTotal{amount currency}variant{sku name}}}}...on CartChanged{cartVersion}...on Refusal{code message field}}}`);

/** Brings what the customer's bank asked for, such as a 3-D Secure code. */
export const ConfirmPayment = graphql(`mutation ConfirmPayment($paymentId:ID!$code:String){paymentConfirm(paymentId:$paymentId code:$code){__typename ...on PaymentConfirmSuccess{payment{id status amount{amount currency}authorized{amount currency}captured{amount currency}refunded{amount currency}actionUrl declineCode createdAt}}...on PaymentNotPossible{reason}...on Refusal{code message field}}}`);

/** Offers variants together; for administrators. */
export const CreateBundle = graphql(`mutation CreateBundle($input:BundleCreateInput!){bundleCreate(input:$input){__typename ...on BundleSuccess{bundle{id slug name description version basePrice{amount currency}items{sku quantity variant{sku name}}}}...on NameTaken{slug}...on Refusal{code message field}}}`);

/** Grows the tree by a category; for administrators. */
export const CreateCategory = graphql(`mutation CreateCategory($input:CategoryCreateInput!){categoryCreate(input:$input){__typename ...on CategorySuccess{category{id slug name description version parent{id slug}}}...on NameTaken{slug}...on Refusal{code message field}}}`);

/** Puts a new product into the catalogue; for administrators. */
export const CreateProduct = graphql(`mutation CreateProduct($input:ProductCreateInput!){productCreate(input:$input){__typename ...on ProductCreateSuccess{product{id slug name description brand status isAvailable version attributes category{id slug name}type{id name}variants{id sku name basePrice{amount currency}attributes weightGrams dimensions{lengthMm widthMm heightMm}isAvailable}images{id url alt width height variants{url width height bytes}}}}...on AttributeInvalid{attribute}...on SkuTaken{sku}...on SlugTaken{slug}...on Refusal{code message field}}}`);

/** Adds a kind of product; for administrators. */
export const CreateProductType = graphql(`mutation CreateProductType($input:ProductTypeCreateInput!){productTypeCreate(input:$input){__typename ...on ProductTypeSuccess{productType{id name version attributes{name kind required ofVariant choices unit}}}...on Refusal{code message field}}}`);

/** Opens a warehouse; for administrators. */
export const CreateWarehouse = graphql(`mutation CreateWarehouse($input:WarehouseInput!){warehouseCreate(input:$input){__typename ...on WarehouseCreateSuccess{warehouse{id name priority}}...on Refusal{code message field}}}`);

/** Declines a return; for administrators. */
export const DeclineReturn = graphql(`mutation DeclineReturn($reason:String!$returnId:ID!){orderReturnDecline(reason:$reason returnId:$returnId){__typename ...on OrderReturnDeclineSuccess{order{id number status chargeStatus total{amount currency}refunded{amount currency}}}...on OrderNotPossible{status}...on Refusal{code message field}}}`);

/** Erases everything that says who the person is; orders stay, without them. */
export const DeleteAccount = graphql(`mutation DeleteAccount($password:String){deleteAccount(password:$password){__typename ...on DeleteAccountSuccess{id}...on TooManyAttempts{retryAfterSeconds}...on Refusal{code message field}}}`);

/** Offers a bundle no more; for administrators. */
export const DeleteBundle = graphql(`mutation DeleteBundle($id:ID!$version:Int!){bundleDelete(id:$id version:$version){__typename ...on BundleSuccess{bundle{id slug name description version basePrice{amount currency}items{sku quantity variant{sku name}}}}...on VersionChanged{currentVersion}...on Refusal{code message field}}}`);

/** Takes away an empty category; for administrators. */
export const DeleteCategory = graphql(`mutation DeleteCategory($id:ID!$version:Int!){categoryDelete(id:$id version:$version){__typename ...on CategorySuccess{category{id slug name description version parent{id slug}}}...on VersionChanged{currentVersion}...on Refusal{code message field}}}`);

/** Takes a product off the shelf for good; for administrators. */
export const DeleteProduct = graphql(`mutation DeleteProduct($id:ID!$version:Int!){productDelete(id:$id version:$version){__typename ...on ProductDeleteSuccess{product{id slug name description brand status isAvailable version attributes category{id slug name}type{id name}variants{id sku name basePrice{amount currency}attributes weightGrams dimensions{lengthMm widthMm heightMm}isAvailable}images{id url alt width height variants{url width height bytes}}}}...on ProductChanged{currentVersion}...on Refusal{code message field}}}`);

/** Takes away a kind that no product is of; for administrators. */
export const DeleteProductType = graphql(`mutation DeleteProductType($id:ID!$version:Int!){productTypeDelete(id:$id version:$version){__typename ...on ProductTypeSuccess{productType{id name version attributes{name kind required ofVariant choices unit}}}...on VersionChanged{currentVersion}...on Refusal{code message field}}}`);

/** Says that everything has arrived; for administrators. */
export const DeliverOrder = graphql(`mutation DeliverOrder($orderId:ID!){orderDeliver(orderId:$orderId){__typename ...on OrderDeliverSuccess{order{id number status chargeStatus total{amount currency}refunded{amount currency}}}...on OrderNotPossible{status}...on Refusal{code message field}}}`);

/** Says anew what a picture shows; for administrators. */
export const DescribeImage = graphql(`mutation DescribeImage($input:ImageUpdateInput!){imageUpdate(input:$input){__typename ...on ImageUpdateSuccess{image{id url alt width height variants{url width height bytes}}}...on Refusal{code message field}}}`);

/** Ends one of the person's own sign-ins. */
export const EndSession = graphql(`mutation EndSession($id:ID!){sessionRevoke(id:$id){__typename ...on SessionRevokeSuccess{id}...on Refusal{code message field}}}`);

/** A guest's order, by the token they were given at checkout. */
export const GuestOrder = graphql(`query GuestOrder($token:String!){orderByToken(token:$token){id number status token email createdAt confirmedAt chargeStatus subtotal{amount currency}shipping{amount currency}tax{amount currency}discount{amount currency}total{amount currency}balanceDue{amount currency}refunded{amount currency}shippingAddress{name line1 line2 city region postalCode country phone}lines{id sku name quantity unitPrice{amount currency}lineTotal{amount currency}variant{sku product{id slug name}}}parcels{id tracking shippedAt lines{quantity}}returns{id status reason note requestedAt closedAt refund{amount currency}lines{quantity restocked scrapped}}events{__typename sequence occurredAt message}payments{id status amount{amount currency}refunded{amount currency}actionUrl}}}`);

/** The front page: who is here, what is in the basket, the category tree and the newest products with stock and rating. */
export const Home = graphql(`query Home($first:Int=12){me{id displayName}cart{id itemCount}categories{id slug name children{id slug name}}products(first:$first){edges{node{id slug name inStock rating{average count}variants{sku basePrice{amount currency}}}}pageInfo{hasNextPage endCursor}}}`);

/** Signs a person in: an access token and a refresh token, or why not. */
export const Login = graphql(`mutation Login($email:String!$password:String!){login(email:$email password:$password){__typename ...on LoginSuccess{tokens{accessToken accessTokenExpiresAt refreshToken}user{id displayName}}...on Refusal{code message field}}}`);

/** Ends this session, or every session of the person. */
export const Logout = graphql(`mutation Logout($everywhere:Boolean=false){logout(everywhere:$everywhere){...on LogoutSuccess{sessionsEnded}}}`);

/** After signing in: moves the guest's basket into the customer's. */
export const MergeCart = graphql(`mutation MergeCart{cartMerge{__typename ...on CartMergeSuccess{cart{id token version itemCount subtotal{amount currency}lines{id quantity priceSnapshot{amount currency}lineTotal{amount currency}variant{sku name}}}}...on CartLimitReached{limit}...on Refusal{code message field}}}`);

/** Publishes a review or turns it down; for moderators. */
export const ModerateReview = graphql(`mutation ModerateReview($input:ReviewModerateInput!){reviewModerate(input:$input){__typename ...on ReviewModerateSuccess{review{id rating title body status moderationNote helpfulCount unhelpfulCount viewerFoundHelpful}}...on Refusal{code message field}}}`);

/** Hangs a category, with all below it, somewhere else; for administrators. */
export const MoveCategory = graphql(`mutation MoveCategory($id:ID!$version:Int!$parentId:ID){categoryMove(id:$id version:$version parentId:$parentId){__typename ...on CategorySuccess{category{id slug name description version parent{id slug}}}...on VersionChanged{currentVersion}...on Refusal{code message field}}}`);

/** What the person who is signed in has written, whatever became of it. */
export const MyReviews = graphql(`query MyReviews($first:Int=20$after:String){me{id reviews(first:$first after:$after){edges{node{id rating title body status verifiedPurchase helpfulCount unhelpfulCount viewerFoundHelpful createdAt updatedAt author{id displayName}item{id name}moderationNote}}pageInfo{hasNextPage endCursor}}}}`);

/** A customer's orders, newest first, with what became of each, how it was paid, and whether its lines can be bought again. */
export const OrderHistory = graphql(`query OrderHistory($first:Int=20$after:String){me{id displayName cart{id itemCount}orders(first:$first after:$after){edges{node{id number status createdAt total{amount currency}chargeStatus balanceDue{amount currency}payments{id status amount{amount currency}}events{__typename sequence occurredAt message}lines{id sku name quantity unitPrice{amount currency}lineTotal{amount currency}variant{sku availability{status}product{id slug name rating{average count}}}}}}pageInfo{hasNextPage endCursor}}}}`);

/** One order with everything that is known of it: lines, parcels, returns, payments and what happened. */
export const OrderPage = graphql(`query OrderPage($id:ID!){order(id:$id){id number status token email createdAt confirmedAt chargeStatus subtotal{amount currency}shipping{amount currency}tax{amount currency}discount{amount currency}total{amount currency}balanceDue{amount currency}refunded{amount currency}shippingAddress{name line1 line2 city region postalCode country phone}lines{id sku name quantity unitPrice{amount currency}lineTotal{amount currency}variant{sku product{id slug name}}}parcels{id tracking shippedAt lines{quantity}}returns{id status reason note requestedAt closedAt refund{amount currency}lines{quantity restocked scrapped}}events{__typename sequence occurredAt message}payments{id status amount{amount currency}refunded{amount currency}actionUrl}}}`);

/** Everybody's orders, newest first; for administrators. */
export const OrdersAdmin = graphql(`query OrdersAdmin($first:Int=20$after:String$filter:OrderFilter){orders(first:$first after:$after filter:$filter){edges{node{id number status chargeStatus total{amount currency}refunded{amount currency}createdAt email customer{id displayName}}}pageInfo{hasNextPage endCursor}}}`);

/** One payment with every step of it. */
export const PaymentPage = graphql(`query PaymentPage($id:ID!){payment(id:$id){id status amount{amount currency}authorized{amount currency}captured{amount currency}refunded{amount currency}actionUrl declineCode createdAt method{__typename ...on CardPaymentMethod{id brand last4 expMonth expYear isDefault}...on WalletPaymentMethod{account brand id isDefault}}order{id number status}transactions{sequence kind outcome code occurredAt amount{amount currency}}}}`);

/** Everybody with an account, newest first; for administrators. */
export const People = graphql(`query People($first:Int=20$after:String$text:String){users(first:$first after:$after text:$text){totalCount edges{node{id displayName email emailVerified roles createdAt}}pageInfo{hasNextPage endCursor}}}`);

/** One person with their orders; for administrators. */
export const Person = graphql(`query Person($id:ID!$first:Int=10){user(id:$id){id displayName firstName lastName phone email emailVerified roles createdAt addresses{id name line1 line2 city region postalCode country phone isDefault}orders(first:$first){edges{node{id number status chargeStatus total{amount currency}refunded{amount currency}createdAt}}pageInfo{hasNextPage endCursor}}}}`);

/** One product with every variant, its stock, its rating and the newest reviews with their authors' public names. */
export const ProductPage = graphql(`query ProductPage($slug:String!$reviews:Int=5){product(slug:$slug){id slug name description inStock stockQuantity category{id slug name}variants{id sku name attributes weightGrams basePrice{amount currency}availability{status availableQuantity}}rating{average count histogram{stars count}}reviews(first:$reviews){edges{node{id rating title body verifiedPurchase helpfulCount createdAt author{id displayName}}}pageInfo{hasNextPage endCursor}}}}`);

/** What the shop knows of the person who is signed in, and where they are signed in. */
export const Profile = graphql(`query Profile{me{id displayName firstName lastName phone email emailVerified roles createdAt addresses{id name line1 line2 city region postalCode country phone isDefault}defaultAddress{id}paymentMethods{__typename ...on CardPaymentMethod{id brand last4 expMonth expYear isDefault}...on WalletPaymentMethod{account brand id isDefault}}sessions{id createdAt usedAt expiresAt isCurrent}}}`);

/** Says what the inspection of a return accepted, which is refunded; for administrators. */
export const ReceiveReturn = graphql(`mutation ReceiveReturn($lines:[OrderInspectionInput!]!$returnId:ID!$note:String){orderReturnReceive(lines:$lines returnId:$returnId note:$note){__typename ...on OrderReturnReceiveSuccess{order{id number status chargeStatus total{amount currency}refunded{amount currency}}}...on OrderNotPossible{status}...on QuantityExceeded{left lineId}...on Refusal{code message field}}}`);

/** Exchanges a refresh token, which works once, for new tokens. */
export const Refresh = graphql(`mutation Refresh($refreshToken:String!){refresh(refreshToken:$refreshToken){__typename ...on RefreshSuccess{tokens{accessToken accessTokenExpiresAt refreshToken}}...on Refusal{code message field}}}`);

/** Gives part of a payment back, once per key; for administrators. */
export const RefundPayment = graphql(`mutation RefundPayment($amount:MoneyInput!$idempotencyKey:String!$paymentId:ID!){paymentRefund(amount:$amount idempotencyKey:$idempotencyKey paymentId:$paymentId){__typename ...on PaymentRefundSuccess{payment{id status amount{amount currency}authorized{amount currency}captured{amount currency}refunded{amount currency}actionUrl declineCode createdAt}}...on PaymentNotPossible{reason}...on RefundExceedsCharge{refundable{amount currency}}...on Refusal{code message field}}}`);

/** Makes an account and signs its person in. */
export const Register = graphql(`mutation Register($input:RegisterInput!){registration:register(input:$input){__typename ...on RegisterSuccess{tokens{accessToken accessTokenExpiresAt refreshToken}user{id displayName}}...on Refusal{code message field}}}`);

/** Forgets an address. */
export const RemoveAddress = graphql(`mutation RemoveAddress($id:ID!){addressRemove(id:$id){__typename ...on AddressRemoveSuccess{id}...on Refusal{code message field}}}`);

/** Takes a line out of the basket. */
export const RemoveFromCart = graphql(`mutation RemoveFromCart($lineId:ID!){cartLineRemove(lineId:$lineId){__typename ...on CartLineRemoveSuccess{cart{id version itemCount subtotal{amount currency}}}...on Refusal{code message field}}}`);

/** Takes a wish back. */
export const RemoveFromWishlist = graphql(`mutation RemoveFromWishlist($id:ID!){wishlistRemove(id:$id){__typename ...on WishlistRemoveSuccess{wishlist{shareToken items{id addedAt item{id slug name}variant{sku name basePrice{amount currency}isAvailable}}}}...on Refusal{code message field}}}`);

/** Takes a picture away; for administrators. */
export const RemoveImage = graphql(`mutation RemoveImage($id:ID!){imageRemove(id:$id){__typename ...on ImageRemoveSuccess{product{id slug name description brand status isAvailable version attributes category{id slug name}type{id name}variants{id sku name basePrice{amount currency}attributes weightGrams dimensions{lengthMm widthMm heightMm}isAvailable}images{id url alt width height variants{url width height bytes}}}}...on Refusal{code message field}}}`);

/** Forgets a way to pay. */
export const RemovePaymentMethod = graphql(`mutation RemovePaymentMethod($id:ID!){paymentMethodRemove(id:$id){__typename ...on PaymentMethodRemoveSuccess{id}...on Refusal{code message field}}}`);

/** Takes back one's own review. */
export const RemoveReview = graphql(`mutation RemoveReview($id:ID!){reviewRemove(id:$id){__typename ...on ReviewRemoveSuccess{id}...on Refusal{code message field}}}`);

/** Has a link sent for a forgotten password; the answer is the same whether the address has an account. */
export const RequestPasswordReset = graphql(`mutation RequestPasswordReset($email:String!){passwordResetRequest(email:$email){__typename ...on PasswordResetRequestSuccess{email}...on TooManyAttempts{retryAfterSeconds}...on Refusal{code message field}}}`);

/** Asks to give pieces of an order back; a guest brings its token. */
export const RequestReturn = graphql(`mutation RequestReturn($idempotencyKey:String!$lines:[OrderPiecesInput!]!$orderId:ID!$reason:String!$token:String){orderReturnRequest(idempotencyKey:$idempotencyKey lines:$lines orderId:$orderId reason:$reason token:$token){__typename ...on OrderReturnRequestSuccess{order{id number status chargeStatus total{amount currency}refunded{amount currency}}returnId}...on OrderNotPossible{status}...on QuantityExceeded{left lineId}...on Refusal{code message field}}}`);

/** Has the mail that asks to prove the address sent once more. */
export const RequestVerification = graphql(`mutation RequestVerification{verifyEmailRequest{__typename ...on VerifyEmailRequestSuccess{email}...on TooManyAttempts{retryAfterSeconds}...on Refusal{code message field}}}`);

/** Sets a new password by the token of the mail, and ends every session. */
export const ResetPassword = graphql(`mutation ResetPassword($newPassword:String!$token:String!){passwordReset(newPassword:$newPassword token:$token){__typename ...on PasswordResetSuccess{sessionsEnded}...on TooManyAttempts{retryAfterSeconds}...on Refusal{code message field}}}`);

/** One review with the item it is about. */
export const ReviewPage = graphql(`query ReviewPage($id:ID!){review(id:$id){id rating title body status verifiedPurchase helpfulCount unhelpfulCount viewerFoundHelpful createdAt updatedAt author{id displayName}item{id name}moderationNote}}`);

/** What waits for a moderator, the oldest first. */
export const ReviewsToModerate = graphql(`query ReviewsToModerate($first:Int=20$after:String){reviewsToModerate(first:$first after:$after){edges{node{id rating title body status verifiedPurchase helpfulCount unhelpfulCount viewerFoundHelpful createdAt updatedAt author{id displayName}item{id name}}}pageInfo{hasNextPage endCursor}}}`);

/** Keeps a way to pay. */
export const SavePaymentMethod = graphql(`mutation SavePaymentMethod($input:PaymentMethodSaveInput!$idempotencyKey:String!){paymentMethodSave(input:$input idempotencyKey:$idempotencyKey){__typename ...on PaymentMethodSaveSuccess{paymentMethod{__typename ...on CardPaymentMethod{id brand last4 expMonth expYear isDefault}...on WalletPaymentMethod{account brand id isDefault}}}...on PaymentMethodDeclined{declineCode}...on TooManyPaymentMethods{limit}...on Refusal{code message field}}}`);

/** Products that match a text, a page at a time, as a result list shows them. */
export const Search = graphql(`query Search($text:String!$first:Int=20$after:String){products(first:$first after:$after filter:{text:$text}){edges{node{id slug name description inStock stockQuantity category{id slug name}rating{average count}variants{sku basePrice{amount currency}availability{status}}}}pageInfo{hasNextPage endCursor}}}`);

/** Gives somebody else exactly these roles; for administrators. */
export const SetRoles = graphql(`mutation SetRoles($id:ID!$roles:[String!]!){userRolesSet(id:$id roles:$roles){__typename ...on UserRolesSetSuccess{user{id displayName email roles}}...on Refusal{code message field}}}`);

/** States how many lie in a warehouse; for administrators. */
export const SetStock = graphql(`mutation SetStock($input:StockSetInput!){stockSet(input:$input){__typename ...on StockSetSuccess{stockLevel{sku onHand held committed available lowStockThreshold updatedAt warehouse{id name}}}...on StockPromised{promised}...on Refusal{code message field}}}`);

/** Says at how many a SKU is low in stock; for administrators. */
export const SetStockThreshold = graphql(`mutation SetStockThreshold($input:StockThresholdSetInput!){stockThresholdSet(input:$input){__typename ...on StockThresholdSetSuccess{variant{sku availability{status availableQuantity}stockLevels{sku onHand held committed available lowStockThreshold updatedAt warehouse{id name}}}}...on Refusal{code message field}}}`);

/** Shares the wishlist under a link; for people whose address is proved. */
export const ShareWishlist = graphql(`mutation ShareWishlist{wishlistShare{__typename ...on WishlistShareSuccess{wishlist{shareToken items{id addedAt item{id slug name}variant{sku name basePrice{amount currency}isAvailable}}}}...on Refusal{code message field}}}`);

/** The wishlist somebody shares under a link. */
export const SharedWishlist = graphql(`query SharedWishlist($token:String!){sharedWishlist(token:$token){owner{id displayName}items{id addedAt item{id slug name}variant{sku name basePrice{amount currency}isAvailable}}}}`);

/** Sends a parcel of an order, or what is left of it; for administrators. */
export const ShipOrder = graphql(`mutation ShipOrder($idempotencyKey:String!$orderId:ID!$lines:[OrderPiecesInput!]$tracking:String){orderShip(idempotencyKey:$idempotencyKey orderId:$orderId lines:$lines tracking:$tracking){__typename ...on OrderShipSuccess{order{id number status chargeStatus total{amount currency}refunded{amount currency}}parcelId}...on OrderNotPossible{status}...on QuantityExceeded{left lineId}...on Refusal{code message field}}}`);

/** Stock by SKU and warehouse, and the warehouses; for administrators. */
export const StockAdmin = graphql(`query StockAdmin($first:Int=50$after:String$filter:StockLevelFilter){stockLevels(first:$first after:$after filter:$filter){edges{node{sku onHand held committed available lowStockThreshold updatedAt warehouse{id name}variant{sku name product{id name}}}}pageInfo{hasNextPage endCursor}}warehouses{id name priority}}`);

/** What happened to the stock of a SKU, newest first; for administrators. */
export const StockHistory = graphql(`query StockHistory($sku:String!$first:Int=50$after:String){stockMovements(sku:$sku first:$first after:$after){edges{node{actorId at causeId committed held id kind onHand reason reservationId sku warehouse{id name}}}pageInfo{hasNextPage endCursor}}}`);

/** What is set aside for one purchase; for administrators. */
export const StockReservation = graphql(`query StockReservation($id:ID!){reservation(id:$id){id key status createdAt expiresAt lines{sku quantity warehouseId}}}`);

/** Whether an access token would be accepted now, and what it says. */
export const TokenStatus = graphql(`query TokenStatus($token:String!){tokenValidate(token:$token){expiresAt policies reason roles scopes userId valid}}`);

/** Shares the wishlist no longer; the next link is another. */
export const UnshareWishlist = graphql(`mutation UnshareWishlist{wishlistUnshare{__typename ...on WishlistUnshareSuccess{wishlist{shareToken}}...on Refusal{code message field}}}`);

/** Replaces one of the person's own addresses. */
export const UpdateAddress = graphql(`mutation UpdateAddress($id:ID!$input:AddressInput!){addressUpdate(id:$id input:$input){__typename ...on AddressUpdateSuccess{address{id name line1 line2 city region postalCode country phone isDefault}}...on Refusal{code message field}}}`);

/** Says anew what a bundle is; for administrators. */
export const UpdateBundle = graphql(`mutation UpdateBundle($input:BundleUpdateInput!){bundleUpdate(input:$input){__typename ...on BundleSuccess{bundle{id slug name description version basePrice{amount currency}items{sku quantity variant{sku name}}}}...on NameTaken{slug}...on VersionChanged{currentVersion}...on Refusal{code message field}}}`);

/** Sets how many of a line the basket holds. */
export const UpdateCartLine = graphql(`mutation UpdateCartLine($lineId:ID!$quantity:Int!){cartLineUpdate(lineId:$lineId quantity:$quantity){__typename ...on CartLineUpdateSuccess{cart{id version itemCount subtotal{amount currency}}}...on Refusal{code message field}}}`);

/** Says anew what a category is; for administrators. */
export const UpdateCategory = graphql(`mutation UpdateCategory($input:CategoryUpdateInput!){categoryUpdate(input:$input){__typename ...on CategorySuccess{category{id slug name description version parent{id slug}}}...on NameTaken{slug}...on VersionChanged{currentVersion}...on Refusal{code message field}}}`);

/** Changes a product that is still at the version that was read; for administrators. */
export const UpdateProduct = graphql(`mutation UpdateProduct($input:ProductUpdateInput!){productUpdate(input:$input){__typename ...on ProductUpdateSuccess{product{id slug name description brand status isAvailable version attributes category{id slug name}type{id name}variants{id sku name basePrice{amount currency}attributes weightGrams dimensions{lengthMm widthMm heightMm}isAvailable}images{id url alt width height variants{url width height bytes}}}}...on AttributeInvalid{attribute}...on ProductChanged{currentVersion}...on SkuTaken{sku}...on SlugTaken{slug}...on Refusal{code message field}}}`);

/** Changes what a kind of product allows; for administrators. */
export const UpdateProductType = graphql(`mutation UpdateProductType($input:ProductTypeUpdateInput!){productTypeUpdate(input:$input){__typename ...on ProductTypeSuccess{productType{id name version attributes{name kind required ofVariant choices unit}}}...on VersionChanged{currentVersion}...on Refusal{code message field}}}`);

/** Changes what the shop knows of a person; what is left out stays. */
export const UpdateProfile = graphql(`mutation UpdateProfile($input:ProfileInput!){updateProfile(input:$input){__typename ...on UpdateProfileSuccess{user{id displayName firstName lastName phone email emailVerified}}...on Refusal{code message field}}}`);

/** Says something else in one's own review; it waits for a moderator again. */
export const UpdateReview = graphql(`mutation UpdateReview($input:ReviewUpdateInput!){reviewUpdate(input:$input){__typename ...on ReviewUpdateSuccess{review{id rating title body status moderationNote helpfulCount unhelpfulCount viewerFoundHelpful}}...on Refusal{code message field}}}`);

/** Renames a warehouse, or lets it be taken from earlier or later; for administrators. */
export const UpdateWarehouse = graphql(`mutation UpdateWarehouse($input:WarehouseInput!){warehouseUpdate(input:$input){__typename ...on WarehouseUpdateSuccess{warehouse{id name priority}}...on Refusal{code message field}}}`);

/** One variant by its SKU, with price and stock. */
export const VariantPage = graphql(`query VariantPage($sku:String!){variant(sku:$sku){id sku name basePrice{amount currency}attributes weightGrams dimensions{lengthMm widthMm heightMm}isAvailable availability{status availableQuantity}product{id slug name}}}`);

/** Proves that an address is the person's by the token of the mail sent to it. */
export const VerifyEmail = graphql(`mutation VerifyEmail($token:String!){verifyEmail(token:$token){__typename ...on VerifyEmailSuccess{id}...on Refusal{code message field}}}`);

/** Says whether somebody else's review helps. */
export const VoteReview = graphql(`mutation VoteReview($id:ID!$helpful:Boolean=true){reviewVoteHelpful(id:$id helpful:$helpful){__typename ...on ReviewVoteHelpfulSuccess{review{id rating title body status moderationNote helpfulCount unhelpfulCount viewerFoundHelpful}}...on Refusal{code message field}}}`);

/** The variants of these SKUs, and then each time those of which another number can be had. */
export const WatchAvailability = graphql(`subscription WatchAvailability($skus:[String!]!){availabilityChanged(skus:$skus){sku availability{status availableQuantity}}}`);

/** The basket of whoever asks, now and after each change. */
export const WatchCart = graphql(`subscription WatchCart{cartUpdated{id token version itemCount subtotal{amount currency}lines{id quantity priceSnapshot{amount currency}lineTotal{amount currency}variant{sku name}}}}`);

/** An order, now and each time something happens to it; a guest brings its token. */
export const WatchOrder = graphql(`subscription WatchOrder($id:ID$token:String){orderUpdated(id:$id token:$token){id number status chargeStatus total{amount currency}refunded{amount currency}events{__typename sequence occurredAt message}}}`);

/** What the person who is signed in would like to have. */
export const WishlistPage = graphql(`query WishlistPage{me{id wishlist{shareToken items{id addedAt item{id slug name}variant{sku name basePrice{amount currency}isAvailable}}}}}`);

/** Reviews a product or a bundle, once per person and item. */
export const WriteReview = graphql(`mutation WriteReview($input:ReviewCreateInput!){reviewCreate(input:$input){__typename ...on ReviewCreateSuccess{review{id rating status}}...on Refusal{code message field}}}`);

/** Does not compile when an operation asks for a field that the schema does not have. */
export const operationsAgree: Agrees<[typeof AddAddress, typeof AddToCart, typeof AddToWishlist, typeof AdjustStock, typeof AdminDashboard, typeof AnnounceImage, typeof ArrangeImages, typeof AttachImage, typeof BundlePage, typeof Bundles, typeof CancelOrder, typeof CartPage, typeof CatalogueAdmin, typeof CategoryPage, typeof ChangePassword, typeof Checkout, typeof CheckoutPage, typeof ChooseAddress, typeof ChoosePaymentMethod, typeof ClaimOrder, typeof ClearCart, typeof ConfirmPayment, typeof CreateBundle, typeof CreateCategory, typeof CreateProduct, typeof CreateProductType, typeof CreateWarehouse, typeof DeclineReturn, typeof DeleteAccount, typeof DeleteBundle, typeof DeleteCategory, typeof DeleteProduct, typeof DeleteProductType, typeof DeliverOrder, typeof DescribeImage, typeof EndSession, typeof GuestOrder, typeof Home, typeof Login, typeof Logout, typeof MergeCart, typeof ModerateReview, typeof MoveCategory, typeof MyReviews, typeof OrderHistory, typeof OrderPage, typeof OrdersAdmin, typeof PaymentPage, typeof People, typeof Person, typeof ProductPage, typeof Profile, typeof ReceiveReturn, typeof Refresh, typeof RefundPayment, typeof Register, typeof RemoveAddress, typeof RemoveFromCart, typeof RemoveFromWishlist, typeof RemoveImage, typeof RemovePaymentMethod, typeof RemoveReview, typeof RequestPasswordReset, typeof RequestReturn, typeof RequestVerification, typeof ResetPassword, typeof ReviewPage, typeof ReviewsToModerate, typeof SavePaymentMethod, typeof Search, typeof SetRoles, typeof SetStock, typeof SetStockThreshold, typeof ShareWishlist, typeof SharedWishlist, typeof ShipOrder, typeof StockAdmin, typeof StockHistory, typeof StockReservation, typeof TokenStatus, typeof UnshareWishlist, typeof UpdateAddress, typeof UpdateBundle, typeof UpdateCartLine, typeof UpdateCategory, typeof UpdateProduct, typeof UpdateProductType, typeof UpdateProfile, typeof UpdateReview, typeof UpdateWarehouse, typeof VariantPage, typeof VerifyEmail, typeof VoteReview, typeof WatchAvailability, typeof WatchCart, typeof WatchOrder, typeof WishlistPage, typeof WriteReview]> = true;
